import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { serveHealth } from "./health.ts";

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("a process tells on its own port whether it is healthy, and nothing else", async () => {
  const port = await freePort();
  let healthy = true;
  onTestFinished(await serveHealth({ host: "127.0.0.1", port }, () => healthy));
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return [answer.status, await answer.json()] as const;
  };
  expect(await get("/healthz")).toEqual([200, { status: "ok" }]);
  healthy = false;
  expect(await get("/healthz")).toEqual([503, { status: "unavailable" }]);
  for (const path of ["/", "/metrics", "/healthz/x"]) expect(await get(path)).toEqual([404, { status: "unavailable" }]);
});

test("a port that is taken keeps a process from starting", async () => {
  const port = await freePort();
  onTestFinished(await serveHealth({ host: "127.0.0.1", port }, () => true));
  await expect(serveHealth({ host: "127.0.0.1", port }, () => true)).rejects.toThrow("EADDRINUSE");
});
