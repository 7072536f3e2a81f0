import { isIP } from "node:net";
import { Agent, request } from "undici";
import { isPublicAddress, PrivateAddressError, publicLookup } from "./public-address.ts";

/** What a target answered, or why it was not asked. */
export type PostOutcome = { outcome: "told" } | { outcome: "gone" } | { outcome: "retry"; reason: string };

export interface Poster {
  /** Never follows a redirect, never throws, and ends in bounded time. */
  post(url: string, headers: Record<string, string>, body: string): Promise<PostOutcome>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 10_000;
/** An answer's body says nothing that we need: more than this of it is not read. */
const MAX_BODY_BYTES = 16 * 1024;
/** Above it a slow target has the others wait. */
const CONNECTIONS = 50;

/** @param allowedHosts names that may be private, such as a service inside the operator's own network. */
export function createPoster(allowedHosts: readonly string[]): Poster {
  const options = { connections: CONNECTIONS, keepAliveTimeout: 10_000 };
  const anywhere = new Agent({ ...options, connect: { timeout: TIMEOUT_MS / 2 } });
  const publicOnly = new Agent({ ...options, connect: { timeout: TIMEOUT_MS / 2, lookup: publicLookup } });
  const allowed = new Set(allowedHosts.map((host) => host.toLowerCase()));

  return {
    async post(url, headers, body) {
      const host = new URL(url).hostname.toLowerCase();
      const literal = host.replace(/^\[|\]$/g, "");
      const free = allowed.has(host);
      try {
        // A literal address is never looked up.
        if (!free && isIP(literal) !== 0 && !isPublicAddress(literal)) throw new PrivateAddressError();
        const answer = await request(url, {
          method: "POST",
          dispatcher: free ? anywhere : publicOnly,
          headers: { "content-type": "application/json", "user-agent": "Watchword", ...headers },
          body,
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        await answer.body.dump({ limit: MAX_BODY_BYTES, signal: AbortSignal.timeout(TIMEOUT_MS) });
        const { statusCode } = answer;
        if (statusCode >= 200 && statusCode < 300) return { outcome: "told" };
        if (statusCode === 410) return { outcome: "gone" };
        return { outcome: "retry", reason: `HTTP ${statusCode}` };
      } catch (error) {
        return { outcome: "retry", reason: reasonOf(error) };
      }
    },
    close: async () => {
      await Promise.all([anywhere.close(), publicOnly.close()]);
    },
  };
}

/** In our words: an error of a connection may hold an address. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "failed";
  if (error instanceof PrivateAddressError || error.cause instanceof PrivateAddressError) return "private address";
  if (error.name === "TimeoutError" || error.name === "ConnectTimeoutError") return "time-out";
  return "code" in error && typeof error.code === "string" ? error.code : "connection failed";
}
