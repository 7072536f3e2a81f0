import Telnyx from "telnyx";
import { Agent, fetch as undiciFetch } from "undici";

export interface TelnyxOptions {
  apiKey: string;
  /** E.164 number, short code or alphanumeric sender; a call comes from a number only. */
  from?: string | undefined;
  /** Chooses the sender of a message from its number pool where `from` is not set. */
  messagingProfileId?: string | undefined;
  /** With the version, e.g. `https://api.telnyx.com/v2`. */
  baseUrl: string;
  /** After it the fate of a request is unknown. */
  timeoutMs: number;
  /** Most connections to the carrier at a time. */
  connections: number;
}

export interface TelnyxConnection {
  client: Telnyx;
  /** For every single request. */
  requestOptions(): { signal: AbortSignal };
  close(): Promise<void>;
}

/** The official SDK over one pool of kept-alive connections, without retries of its own. Connects when first used. */
export function connectTelnyx(options: TelnyxOptions): TelnyxConnection {
  const agent = new Agent({
    connections: options.connections,
    keepAliveTimeout: 30_000,
    // Shorter than a request's time-out, so that a connection that never came about is known to be that.
    connect: { timeout: options.timeoutMs / 2 },
  });
  const client = new Telnyx({
    apiKey: options.apiKey,
    baseURL: options.baseUrl,
    timeout: options.timeoutMs,
    maxRetries: 0,
    logLevel: "off",
    // undici's types and the platform's describe the same objects.
    fetch: ((url: string, init: object) => undiciFetch(url, { ...init, dispatcher: agent })) as unknown as typeof fetch,
  });
  return {
    client,
    // The SDK's own time-out ends with the headers: an answer that drips in is as late as none.
    requestOptions: () => ({ signal: AbortSignal.timeout(options.timeoutMs) }),
    close: () => agent.close(),
  };
}
