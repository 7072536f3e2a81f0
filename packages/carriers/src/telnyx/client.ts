import Telnyx from "telnyx";
import { Agent, type Dispatcher, errors } from "undici";

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

/** Many times more than any answer of the carrier's, and little for all requests at a time. */
const MAX_ANSWER_BYTES = 128 * 1024;

/** What the SDK reads of a `Response`. */
interface Answer extends Pick<Response, "ok" | "status" | "url" | "body" | "json" | "text"> {
  headers: Pick<Headers, "get">;
}

/** Without the stream that a real one would make of a body that has been read. */
const answerOf = (url: string, status: number, headers: ReadonlyMap<string, string>, content: string): Answer => ({
  ok: status >= 200 && status < 300,
  status,
  url,
  headers: { get: (name) => headers.get(name.toLowerCase()) ?? null },
  body: null,
  json: async () => JSON.parse(content) as unknown,
  text: async () => content,
});

/**
 * `fetch` for the SDK, at a fraction of the cost of the real one. It reads the whole answer, so that the SDK's time-out
 * covers the body too: an answer that drips in is as late as none.
 */
const fetchOver =
  (dispatcher: Agent) =>
  (href: string, { method, headers, body, signal }: RequestInit): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const url = new URL(href);
      let connected: Dispatcher.DispatchController | undefined;
      let status = 0;
      let fields = new Map<string, string>();
      const chunks: Buffer[] = [];
      const abort = () => connected?.abort(signal?.reason as Error);
      signal?.addEventListener("abort", abort, { once: true });
      const options = {
        origin: url.origin,
        path: url.pathname + url.search,
        headers: headers as Headers,
        body: body as string,
      };
      dispatcher.dispatch(
        { ...options, method: method as "POST" },
        {
          onRequestStart(controller) {
            connected = controller;
            if (signal?.aborted) abort();
          },
          onResponseStart(_controller, code, received) {
            status = code;
            fields = new Map(Object.entries(received).map(([name, value]) => [name, String(value)]));
          },
          onResponseData: (_controller, chunk) => void chunks.push(chunk),
          onResponseEnd() {
            signal?.removeEventListener("abort", abort);
            resolve(answerOf(href, status, fields, Buffer.concat(chunks).toString()));
          },
          onResponseError(_controller, error) {
            signal?.removeEventListener("abort", abort);
            // What is refused is refused, however long the answer goes on about it.
            if (error instanceof errors.ResponseExceededMaxSizeError && status >= 400)
              resolve(answerOf(href, status, fields, ""));
            else reject(error instanceof errors.ConnectTimeoutError ? new NotConnectedError() : error);
          },
        },
      );
    });

/** The official SDK over one pool of kept-alive connections, without retries of its own. Connects when first used. */
export function connectTelnyx(options: TelnyxOptions): TelnyxConnection {
  const agent = new Agent({
    connections: options.connections,
    keepAliveTimeout: 30_000,
    maxResponseSize: MAX_ANSWER_BYTES,
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
