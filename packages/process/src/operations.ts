import { hash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { isIPv4 } from "node:net";
import type { Registry } from "prom-client";
import { serverLimits, type Timeouts, timeouts } from "./http-limits.ts";

export interface OperationsAddress {
  host: string;
  port: number;
  /** What `/metrics` wants as `Authorization: Bearer <token>`. Without one it is served on loopback alone. */
  token?: string | undefined;
}

export interface OperationsDeps {
  healthy: () => boolean;
  /** Whose metrics are served; without it there is no `/metrics`. */
  registry?: Registry | undefined;
  /** For a peer that may take less than the usual time. */
  timeouts?: Partial<Timeouts>;
}

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body: string;
}

const JSON_TYPE = { "content-type": "application/json" };

const isLoopback = (host: string) =>
  host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));

const digest = (text: string) => hash("sha256", text, "buffer");

/** Whether a request may read the metrics; hashes are compared, so that the time tells nothing of a guess. */
function admission({ host, token }: OperationsAddress): (request: IncomingMessage) => boolean {
  if (token === undefined) return () => isLoopback(host);
  const expected = digest(token);
  return ({ headers }) => {
    const [, given] = /^Bearer +([\x21-\x7e]{1,256})$/i.exec(headers.authorization ?? "") ?? [];
    return timingSafeEqual(digest(given ?? ""), expected) && given !== undefined;
  };
}

/**
 * Serves what an operator asks of one process, on a port of its own that is not to be published: `GET /healthz` is
 * 200 while `healthy`, else 503; `GET /metrics` is the registry in Prometheus' text format.
 * @returns stops answering
 */
export async function serveOperations(
  address: OperationsAddress,
  { healthy, registry, timeouts: given }: OperationsDeps,
): Promise<() => void> {
  const admits = admission(address);

  const health = (): Answer => {
    const ok = healthy();
    return { status: ok ? 200 : 503, headers: JSON_TYPE, body: JSON.stringify({ status: ok ? "ok" : "unavailable" }) };
  };
  const metricsOf = async (registry: Registry): Promise<Answer> => ({
    status: 200,
    headers: { "content-type": registry.contentType, "cache-control": "no-store" },
    body: await registry.metrics(),
  });
  const refusal = (status: number, error: string, headers: Record<string, string> = {}): Answer => ({
    status,
    headers: { ...JSON_TYPE, ...headers },
    body: JSON.stringify({ error }),
  });

  async function answer(request: IncomingMessage): Promise<Answer> {
    const [path] = (request.url ?? "").split("?", 1);
    if (path !== "/healthz" && (path !== "/metrics" || !registry)) return refusal(404, "There is nothing here.");
    // Before the method is looked at: without the token every one of them is refused alike.
    if (path === "/metrics" && !admits(request)) {
      return refusal(401, "Send METRICS_TOKEN as `Authorization: Bearer <token>`.", { "www-authenticate": "Bearer" });
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      return refusal(405, "Only GET is answered.", { allow: "GET, HEAD" });
    }
    return path === "/metrics" && registry ? metricsOf(registry) : health();
  }

  const send = (response: ServerResponse, { status, headers, body }: Answer) => {
    response.writeHead(status, headers).end(body);
  };
  const limits = { ...timeouts, ...given };
  const server = createServer(serverLimits(limits), (request, response) => {
    // A body is never wanted, and never waited for.
    request.resume();
    answer(request).then(
      (given) => send(response, given),
      () => send(response, refusal(500, "The metrics could not be collected.")),
    );
  });
  server.timeout = limits.silenceMs;
  server.listen(address.port, address.host);
  await once(server, "listening");
  return () => {
    server.close();
    server.closeAllConnections();
  };
}
