import { once } from "node:events";
import { createServer } from "node:http";

/**
 * Answers `GET /healthz` of a process that serves no HTTP otherwise: 200 while `healthy`, else 503.
 * @returns stops answering
 */
export async function serveHealth(
  { host, port }: { host: string; port: number },
  healthy: () => boolean,
): Promise<() => void> {
  const server = createServer((request, response) => {
    const status = request.url === "/healthz" ? (healthy() ? 200 : 503) : 404;
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ status: status === 200 ? "ok" : "unavailable" }));
  });
  server.listen(port, host);
  await once(server, "listening");
  return () => server.close();
}
