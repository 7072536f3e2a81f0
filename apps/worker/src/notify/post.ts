import { isIP } from "node:net";
import { Agent, request } from "undici";
import { createResolve, isPublicAddress, PrivateAddressError, publicLookup, type Resolve } from "./public-address.ts";

/** What came of a request, or how long none is made. */
type PostOutcome =
  | { outcome: "told" }
  | { outcome: "gone" }
  | { outcome: "retry"; reason: string }
  | { outcome: "wait"; ms: number };

export interface Poster {
  /** Makes one request; never follows a redirect, never throws, and ends in bounded time. */
  post(url: string, headers: Record<string, string>, body: string): Promise<PostOutcome>;
  close(): Promise<void>;
}

export interface PosterOptions {
  /** For a request with all of its answer. */
  timeoutMs?: number;
  /** Finds the addresses of a name. */
  resolve?: Resolve;
  /** ms since the epoch. */
  now?: () => number;
}

/** What is known of one target; times are of `now`. */
interface Silence {
  /** In a row, of requests that began after its newest answer. */
  timeOuts: number;
  answeredAt: number;
  askAgainAt: number;
}

/** Below the grace period of a stop, and of the time after which waiting jobs that do not move mean a wedged worker. */
const TIMEOUT_MS = 6000;
/** An answer's body says nothing that we need: the connection of one that is longer or slower is given up. */
const MAX_BODY_BYTES = 16 * 1024;
const BODY_TIMEOUT_MS = 500;

/** A target that lets so many requests in a row time out is asked by one request in a while: the others' events would wait. */
const SILENT_AFTER = 5;
const LEFT_ALONE_MS = 30_000;

/** @param allowedHosts names and addresses that may be private, such as a service inside the operator's own network. */
export function createPoster(
  allowedHosts: readonly string[],
  { timeoutMs = TIMEOUT_MS, resolve = createResolve(), now = Date.now }: PosterOptions = {},
): Poster {
  // A connection is only ever used again by the agent that made it, which decides what it may lead to.
  const options = { connections: null, pipelining: 1, keepAliveTimeout: 10_000, keepAliveMaxTimeout: 10_000 };
  const anywhere = new Agent({ ...options, connect: { timeout: timeoutMs } });
  const publicOnly = new Agent({ ...options, connect: { timeout: timeoutMs, lookup: publicLookup(resolve) } });
  const allowed = new Set(allowedHosts.map((host) => bare(host.toLowerCase())));

  const silences = new Map<string, Silence>();

  /** How long a target is left alone, in ms; 0 where it may be asked. */
  function leftAloneMs(url: string): number {
    const silence = silences.get(url);
    if (!silence || silence.timeOuts < SILENT_AFTER) return 0;
    if (now() < silence.askAgainAt) return silence.askAgainAt - now();
    silence.askAgainAt = now() + LEFT_ALONE_MS;
    return 0;
  }

  function hear(url: string, begunAt: number, outcome: PostOutcome): PostOutcome {
    const { timeOuts = 0, answeredAt = -Infinity } = silences.get(url) ?? {};
    const silent = outcome.outcome === "retry" && outcome.reason === TIMED_OUT;
    if (!silent) silences.set(url, { timeOuts: 0, answeredAt: now(), askAgainAt: 0 });
    else if (begunAt > answeredAt)
      silences.set(url, { timeOuts: timeOuts + 1, answeredAt, askAgainAt: now() + LEFT_ALONE_MS });
    return outcome;
  }

  return {
    async post(url, headers, body) {
      const ms = leftAloneMs(url);
      if (ms > 0) return { outcome: "wait", ms };
      const begunAt = now();
      const host = bare(new URL(url).hostname);
      const free = allowed.has(host);
      try {
        // An address is never looked up.
        if (!free && isIP(host) !== 0 && !isPublicAddress(host)) throw new PrivateAddressError();
        const { statusCode, body: answer } = await request(url, {
          method: "POST",
          dispatcher: free ? anywhere : publicOnly,
          headers: { "content-type": "application/json", "user-agent": "Watchword", ...headers },
          body,
          signal: AbortSignal.timeout(timeoutMs),
        });
        // What it says it has said by now; its body is read only so that the connection can be used again.
        const rest = { limit: MAX_BODY_BYTES, signal: AbortSignal.timeout(BODY_TIMEOUT_MS) };
        await answer.dump(rest).catch(() => undefined);
        return hear(url, begunAt, outcomeOf(statusCode));
      } catch (error) {
        return hear(url, begunAt, { outcome: "retry", reason: reasonOf(error) });
      }
    },
    close: async () => {
      await Promise.all([anywhere.destroy(), publicOnly.destroy()]);
    },
  };
}

/** An IPv6 address stands in brackets in a URL. */
const bare = (host: string) => host.replace(/^\[|\]$/g, "");

function outcomeOf(status: number): PostOutcome {
  if (status >= 200 && status < 300) return { outcome: "told" };
  return status === 410 ? { outcome: "gone" } : { outcome: "retry", reason: `HTTP ${status}` };
}

const TIMED_OUT = "time-out";

/** In our words: an error of a connection may hold an address. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "failed";
  if (error instanceof PrivateAddressError) return "private address";
  if (error.name === "TimeoutError" || error.name === "ConnectTimeoutError") return TIMED_OUT;
  return "code" in error && typeof error.code === "string" ? error.code : "connection failed";
}
