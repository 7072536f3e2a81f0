import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Run } from "../chaos/run.ts";

export interface Target {
  url: string;
  /** All that it was told, headers too. */
  told(): string;
  types(): string[];
}

/** An application's own server, which takes every event. */
export async function startTarget(run: Run): Promise<Target> {
  const told: { headers: object; body: string }[] = [];
  const server = createServer((request, response) => {
    const take = async () => told.push({ headers: request.headers, body: await text(request) });
    take().then(
      () => response.writeHead(204).end(),
      () => response.writeHead(500).end(),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  run.onEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/watchword`,
    told: () => JSON.stringify(told),
    types: () => told.map(({ body }) => (JSON.parse(body) as { type: string }).type),
  };
}
