import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

export interface Told {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Target {
  port: number;
  url: string;
  /** How many connections there have been, and how many there are now. */
  connections(): { made: number; open: number };
  told: Told[];
}

/** An application's own server: `answer` decides how it behaves. */
export async function startTarget(
  answer: (response: ServerResponse, told: Told) => void = (response) => void response.writeHead(204).end(),
): Promise<Target> {
  const told: Told[] = [];
  let [made, open] = [0, 0];
  const server = createServer((request, response) => {
    const take = async () => {
      const one = { path: request.url ?? "", headers: request.headers, body: await text(request) };
      told.push(one);
      answer(response, one);
    };
    take().catch(() => undefined);
  });
  server.on("connection", (socket) => {
    made += 1;
    open += 1;
    socket.once("close", () => (open -= 1));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}/hook`, connections: () => ({ made, open }), told };
}
