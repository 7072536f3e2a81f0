import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { freePort } from "./ports.ts";
import { untilGone } from "./remains.ts";

async function earlierStack() {
  const ports = { api: await freePort(), dashboard: await freePort(), simulator: await freePort() };
  const presence = { port: await freePort(), token: "t" };
  return { pid: 4711, ports, apps: {}, redisUrl: `redis://127.0.0.1:${await freePort()}`, startedAt: "", presence };
}

test("what has gone already is not waited for", async () => {
  const said: string[] = [];
  const earlier = await earlierStack();
  await untilGone(earlier, earlier.ports, tmpdir(), (line) => said.push(line));
  expect(said).toEqual([]);
});

test("a process of a killed stack that still stops is waited for, with a line that says so", async () => {
  const earlier = await earlierStack();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(earlier.ports.api, "127.0.0.1", resolve));
  const said: string[] = [];
  await untilGone(earlier, earlier.ports, tmpdir(), (line) => {
    said.push(line);
    server.close();
  });
  expect(said).toEqual(["Waiting for what is left of an earlier stack (pid 4711) to stop …"]);
});

test("ports that this stack does not want are not waited for", async () => {
  const earlier = await earlierStack();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(earlier.ports.api, "127.0.0.1", resolve));
  const ours = { api: await freePort(), dashboard: await freePort(), simulator: await freePort() };
  await untilGone(earlier, ours, tmpdir(), () => expect.fail("it waited"));
  server.close();
});
