import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { accepts, freePort, portProblems } from "./ports.ts";

async function listen(host: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

const freePorts = async () => ({ api: await freePort(), dashboard: await freePort(), simulator: await freePort() });

test("free ports are no problem, and are free again after the check", async () => {
  const ports = await freePorts();
  expect(await portProblems(ports)).toEqual([]);
  expect(await portProblems(ports)).toEqual([]);
});

test("all taken ports are told together, each with the variable that changes it", async () => {
  const ports = { ...(await freePorts()), api: await listen("127.0.0.1"), simulator: await listen("127.0.0.1") };
  expect(await portProblems(ports)).toEqual([
    `Port ${ports.api} (api) is taken by another program. Free it, or choose another with API_PORT.`,
    `Port ${ports.simulator} (simulator) is taken by another program. Free it, or choose another with SIMULATOR_PORT.`,
  ]);
});

test("a program that listens on every address takes the port too", async () => {
  const port = await listen("0.0.0.0");
  expect(await accepts(port)).toBe(true);
  expect(await portProblems({ ...(await freePorts()), dashboard: port })).toHaveLength(1);
});
