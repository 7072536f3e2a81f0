import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface CarrierOptions {
  port: number;
  latencyMs: number;
  /** Called when a request has been read, before it is answered. */
  onMessage: (to: string) => void;
}

/** The least of a carrier: takes `POST …/messages` after a latency, counts, sends no receipts. */
export async function serveCarrier({
  port,
  latencyMs,
  onMessage,
}: CarrierOptions): Promise<{ server: Server; port: number }> {
  let count = 0;
  let inFlight = 0;
  let mostInFlight = 0;
  const server = createServer((request, response) => {
    if (request.method === "GET") {
      response.end(JSON.stringify({ count, mostInFlight }));
      return;
    }
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      const { to } = JSON.parse(body) as { to: string };
      count += 1;
      inFlight += 1;
      mostInFlight = Math.max(mostInFlight, inFlight);
      onMessage(to);
      const answer = JSON.stringify({
        data: { record_type: "message", id: randomUUID(), to: [{ phone_number: to, status: "queued" }] },
      });
      setTimeout(() => {
        inFlight -= 1;
        response.setHeader("content-type", "application/json");
        response.end(answer);
      }, latencyMs);
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}
