import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { homeIn } from "./home.ts";
import { accepts, freePort, type Ports } from "./ports.ts";
import type { StackState } from "./state.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

interface Running {
  output: () => string;
  /** The exit code, or the signal that ended it. */
  ended: Promise<number | string | null>;
  child: ChildProcess;
}

function run(entry: string, args: string[], env: Record<string, string | undefined>): Running {
  const main = fileURLToPath(new URL(entry, import.meta.url));
  const child = spawn(process.execPath, ["--conditions=watchword-source", main, ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (text += data.toString()));
  const ended = new Promise<number | string | null>((resolve) =>
    child.once("close", (code, signal) => resolve(code ?? signal)),
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  return { output: () => text, ended, child };
}

/** A port whose next one is free too. */
async function freePair(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (!(await accepts(port + 1))) return port;
  }
}

/** A stack of its own: its own folder, ports and settings, whatever this checkout's `.env` says. */
async function ownStack() {
  const folder = temporaryFolder();
  const ports: Ports = { api: await freePort(), dashboard: await freePort(), simulator: await freePort() };
  const metrics = await freePair();
  const env = {
    ...process.env,
    WATCHWORD_ENV: "development",
    LOG_LEVEL: "info",
    NODE_ENV: undefined, // vitest's own
    API_PORT: String(ports.api),
    DASHBOARD_PORT: String(ports.dashboard),
    SIMULATOR_PORT: String(ports.simulator),
    PUBLIC_URL: `http://127.0.0.1:${ports.api}`,
    TELNYX_BASE_URL: `http://127.0.0.1:${ports.simulator}/v2`,
    API_KEY: "ww_stack_test",
    METRICS_PORT: String(metrics),
    METRICS_TOKEN: "stack_test",
  };
  const args = ["--home", folder];
  const stack = run("main.ts", args, env);
  await vi.waitUntil(() => /Watchword is ready/.test(stack.output()) || stack.child.exitCode !== null, {
    timeout: 60_000,
  });
  expect(stack.output()).toContain("Watchword is ready.");
  const state = JSON.parse(readFileSync(homeIn(folder).stateFile, "utf8")) as StackState;
  const redisPort = Number(new URL(state.redisUrl ?? "").port);
  return { stack, ports, metrics, env, args, redisPort, apps: Object.values(state.apps) };
}

/** Those of some processes that live. */
const alive = (pids: number[]) =>
  pids.filter((pid) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false; // ESRCH
    }
  });

const open = (ports: number[]) => Promise.all(ports.map(accepts));

test(
  "one command starts a stack that verifies a phone, and Ctrl-C leaves nothing behind",
  { timeout: 120_000 },
  async () => {
    const { stack, ports, metrics, env, args, redisPort, apps } = await ownStack();
    expect(stack.output()).toContain(`http://127.0.0.1:${ports.api}/v1/verifications`);
    expect(stack.output()).toContain("Bearer ww_stack_test");

    const second = run("main.ts", args, env);
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`already running here: pid ${stack.child.pid}`);

    const demo = run("demo.ts", args, env);
    expect({ exit: await demo.ended, said: demo.output() }).toEqual({
      exit: 0,
      said: expect.stringContaining("sms by telnyx: delivered"),
    });

    const ask = (port: number, path: string, headers = {}) => fetch(`http://127.0.0.1:${port}${path}`, { headers });
    expect((await ask(metrics, "/healthz")).status).toBe(200);
    expect((await ask(metrics + 1, "/metrics")).status).toBe(401);
    const told = await (await ask(metrics + 1, "/metrics", { authorization: "Bearer stack_test" })).text();
    for (const line of [
      'verifications_finished_total{status="approved"} 1',
      "redis_up 1",
      'process_info{service="api"} 1',
    ])
      expect(told).toContain(`watchword_${line}`);

    const all = [...Object.values(ports), redisPort];
    expect(await open(all)).toEqual([true, true, true, true]);
    stack.child.kill("SIGINT");
    expect(await stack.ended).toBe(0);
    expect(stack.output()).not.toContain("killed");
    expect(alive(apps)).toEqual([]);
    // A Redis that was given is not ours to stop.
    expect(await open(all)).toEqual([false, false, false, process.env["REDIS_URL"] !== undefined]);
  },
);

test("nothing of a stack outlives a kill -9", { timeout: 120_000 }, async () => {
  const { stack, ports, redisPort, apps } = await ownStack();
  expect(alive(apps)).toHaveLength(4);
  stack.child.kill("SIGKILL");
  const ours = [...Object.values(ports), ...(process.env["REDIS_URL"] === undefined ? [redisPort] : [])];
  await vi.waitFor(
    async () =>
      expect({ open: await open(ours), alive: alive(apps) }).toEqual({ open: ours.map(() => false), alive: [] }),
    { timeout: 20_000 },
  );
});
