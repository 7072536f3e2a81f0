import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { repository } from "./home.ts";
import { freePort } from "./ports.ts";

/** To start a process on a slow machine. */
const START_MS = 60_000;

/** Run in the process before its own first line: a signal just before the bulk of its modules is loaded. */
const signalWhileLoading = (signal: NodeJS.Signals) => `
  import { registerHooks } from "node:module";
  registerHooks({
    load(url, context, next) {
      if (/\\/apps\\/\\w+\\/src\\/app\\.ts$/.test(url)) process.kill(process.pid, "${signal}");
      return next(url, context);
    },
  });
`;

async function startSignalled(signal: NodeJS.Signals, app: string, port: string) {
  const preload = `data:text/javascript,${encodeURIComponent(signalWhileLoading(signal))}`;
  const main = join(repository, `apps/${app}/src/main.ts`);
  const child = spawn(process.execPath, ["--conditions=watchword-source", "--import", preload, main], {
    env: { PATH: process.env["PATH"], REDIS_URL: `${inject("redisUrl")}/14`, [port]: String(await freePort()) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

test.each([
  ["api", "API_PORT", "api ready", "there is no APPLICATIONS_FILE to read again"],
  ["worker", "METRICS_PORT", "worker ready", "there is no APPLICATIONS_FILE to read again"],
  ["dashboard", "DASHBOARD_PORT", "dashboard ready", "nothing to read again"],
])(
  "a SIGHUP ends no %s, neither one that is just starting nor one without a file",
  async (app, port, ready, answer) => {
    const child = await startSignalled("SIGHUP", app, port);
    let log = "";
    let ended: unknown;
    child.stdout.on("data", (chunk: Buffer) => (log += chunk.toString()));
    child.once("exit", (code, signal) => (ended = code ?? signal));
    const logs = (text: string) =>
      expect.poll(() => ended ?? (log.includes(text) ? text : log), { timeout: START_MS }).toBe(text);
    await logs(ready);
    child.kill("SIGHUP");
    await logs(answer);
    child.kill("SIGTERM");
    await expect.poll(() => ended, { timeout: START_MS }).toBe(0);
  },
  2 * START_MS,
);

// The first process of a container hears no signal that it has no handler for.
test.each([
  ["api", "API_PORT", "SIGTERM"],
  ["worker", "METRICS_PORT", "SIGTERM"],
  ["dashboard", "DASHBOARD_PORT", "SIGINT"],
] as const)(
  "%s that is told to end while it is just starting ends of its own accord",
  async (app, port, signal) => {
    const child = await startSignalled(signal, app, port);
    child.stdout.resume();
    const [code, killedBy] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    expect([code, killedBy]).toEqual([0, null]);
  },
  START_MS,
);
