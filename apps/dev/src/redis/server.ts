import { accessSync, constants, mkdirSync, mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { freePort } from "../ports.ts";
import { startGuarded } from "./guarded-server.ts";
import { pingUntilReady } from "./ping.ts";
import { type AttemptResult, messageOf, type RedisRequest, type RunningRedis } from "./running-redis.ts";
import { serverOptions } from "./server-options.ts";

const READY_MS = 30_000;

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
  const guarded = startGuarded({ server, options, folder, discard: dataDir === undefined, env });
  const name = basename(server);
  try {
    await Promise.race([
      pingUntilReady(url, { timeoutMs: READY_MS }),
      guarded.ended.then((how) => Promise.reject(new Error(how))),
    ]);
  } catch (error) {
    guarded.kill();
    throw error;
  }
  await setImmediate(); // what it said before its PONG is read by then
  guarded.ready();
  return {
    url,
    source: "server",
    description: `${name} on 127.0.0.1:${port}, data in ${dataDir ?? `${folder}, deleted when it stops`}`,
    stop: guarded.stop,
    kill: guarded.kill,
    lost: guarded.ended.then((how) => `${name} ${how}`),
  };
}
