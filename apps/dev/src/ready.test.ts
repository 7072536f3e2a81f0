import { createServer } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "./ports.ts";
import { answers, untilReady } from "./ready.ts";

async function serve(status: () => number): Promise<string> {
  const server = createServer((_request, response) => {
    response.statusCode = status();
    response.end();
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${port}/`;
}

test("waits until every process gives its answer, a login included", async () => {
  let asked = 0;
  const slow = await serve(() => ((asked += 1) < 3 ? 503 : 200));
  const locked = await serve(() => 401);
  await untilReady([answers("api", slow, 200), answers("dashboard", locked, 401)], 5_000);
  expect(asked).toBe(3);
});

test("says what is in the way of each process that is not ready in time", async () => {
  const wrong = await serve(() => 404);
  const silent = `http://127.0.0.1:${await freePort()}/`;
  const conditions = [
    answers("dashboard", wrong, 401),
    answers("api", silent, 200),
    { name: "worker", obstacle: () => "it has not said that it is ready" },
    answers("simulator", wrong, 404),
  ];
  const error = (await untilReady(conditions, 200).catch((reason: unknown) => reason)) as Error;
  expect(error.message.split("\n")).toEqual([
    "Not ready after 0.2 s:",
    `  dashboard: ${wrong} answers 404 instead of 401`,
    `  api: ${silent} does not answer (ECONNREFUSED)`,
    "  worker: it has not said that it is ready",
  ]);
});
