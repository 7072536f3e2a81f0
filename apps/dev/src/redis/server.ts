import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, mkdirSync, mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../ports.ts";
import { pingUntilReady } from "./ping.ts";
import { type AttemptResult, messageOf, type RedisRequest, type RunningRedis } from "./running-redis.ts";
import { serverOptions } from "./server-options.ts";

const READY_MS = 30_000;
const STOP_MS = 12_000;
const guardPath = fileURLToPath(new URL("guard.ts", import.meta.url));

/** The first redis-server or valkey-server on the PATH. */
export function findServer(path: string | undefined): string | undefined {
  const folders = (path ?? "").split(delimiter).filter((folder) => folder !== "");
  return ["redis-server", "valkey-server"]
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false; // not there, or not for us: the next one
  }
}

export async function serverRedis(request: RedisRequest): Promise<AttemptResult> {
  const server = findServer(request.env["PATH"]);
  if (!server) return { kind: "absent", reason: "no redis-server or valkey-server on the PATH" };
  try {
    return { kind: "running", redis: await startServer(server, request) };
  } catch (error) {
    return { kind: "failed", reason: `${server} did not start (${messageOf(error)})` };
  }
}

async function startServer(server: string, { dataDir, durable, env }: RedisRequest): Promise<RunningRedis> {
  if (dataDir) mkdirSync(dataDir, { recursive: true });
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), "watchword-redis-"));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const place = { port: String(port), bind: "127.0.0.1", dir: folder, loglevel: "warning" };
  const options = serverOptions({ durable }, place);
  const guard = spawn(process.execPath, [guardPath, dataDir ? "keep" : "discard", folder, server, ...options], {
    detached: true, // a Ctrl-C in the terminal is for the stack, which stops Redis last
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env,
  });
  const ended = endOf(guard);
  const name = basename(server);
  try {
    await Promise.race([
      pingUntilReady(url, { timeoutMs: READY_MS }),
      ended.then((how) => Promise.reject(new Error(how))),
    ]);
  } catch (error) {
    kill(guard);
    throw error;
  }
  return {
    url,
    source: "server",
    description: `${name} on 127.0.0.1:${port}, data in ${dataDir ?? `${folder}, deleted when it stops`}`,
    stop: () => stop(guard),
    kill: () => kill(guard),
    lost: ended.then((how) => `${name} ${how}`),
  };
}

/** How the guarded server ended, with the last that it said. */
function endOf(guard: ChildProcess): Promise<string> {
  let tail = "";
  for (const stream of [guard.stdout, guard.stderr])
    stream?.on("data", (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-1_000);
    });
  return new Promise((resolve) => {
    guard.once("error", (error) => resolve(error.message));
    guard.once("close", (status) => resolve(`ended with status ${status}: ${lastLines(tail) || "it said nothing"}`));
  });
}

const lastLines = (text: string) => text.trim().split("\n").slice(-3).join("\n");

const hasEnded = (guard: ChildProcess) => guard.exitCode !== null || guard.signalCode !== null;

async function stop(guard: ChildProcess): Promise<void> {
  if (hasEnded(guard)) return;
  const timer = setTimeout(() => kill(guard), STOP_MS);
  const gone = new Promise((resolve) => guard.once("exit", resolve));
  if (guard.connected) guard.disconnect();
  await gone;
  clearTimeout(timer);
}

/** The guard and its server are one process group. */
function kill(guard: ChildProcess): void {
  if (guard.pid !== undefined && !hasEnded(guard)) process.kill(-guard.pid, "SIGKILL");
}
