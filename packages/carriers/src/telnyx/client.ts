import Telnyx from "telnyx";
import { Agent, errors, request } from "undici";

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
  close(): Promise<void>;
}

/** Says in the SDK's hearing that there was no connection: it takes anything that mentions a time-out for one. */
class NotConnectedError extends Error {
  override name = "NotConnectedError";
  readonly code = "UND_ERR_CONNECT_TIMEOUT";

  constructor() {
    super("there is no connection to the carrier");
  }
}

/** What the SDK reads of a `Response`. */
type Answer = Pick<Response, "ok" | "status" | "url" | "headers" | "body" | "json" | "text">;

/** Without the stream that a real one would make of a body that has been read. */
const answerOf = (url: string, status: number, headers: Headers, content: string): Answer => ({
  ok: status >= 200 && status < 300,
  status,
  url,
  headers,
  body: null,
  json: async () => JSON.parse(content) as unknown,
  text: async () => content,
});

/**
 * `fetch` for the SDK, at a third of the cost of the real one. It reads the whole answer, so that the SDK's time-out
 * covers the body too: an answer that drips in is as late as none.
 */
const fetchOver =
  (dispatcher: Agent) =>
  async (url: string, { method, headers, body, signal }: RequestInit): Promise<Answer> => {
    try {
      const answer = await request(url, {
        dispatcher,
        method: method as "POST",
        headers: headers as Headers,
        body: body as string,
        signal: signal ?? null,
      });
      const content = await answer.body.text();
      const fields = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]);
      return answerOf(url, answer.statusCode, new Headers(fields), content);
    } catch (error) {
      throw error instanceof errors.ConnectTimeoutError ? new NotConnectedError() : error;
    }
  };

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
    fetch: fetchOver(agent) as unknown as typeof fetch,
  });
  return {
    client,
    close: () => agent.close(),
  };
}
