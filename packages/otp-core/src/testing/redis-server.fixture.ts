import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";

/** A server of one test's own, to be killed and stopped; the tests' common one is everybody's. */
export interface RedisServer {
  port: number;
  /** SIGKILL for a crash, SIGSTOP for a server that falls silent, SIGCONT for its return. */
  signal(name: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void;
  /** Sends one command over a connection of its own. */
  call(...command: [string, ...string[]]): Promise<unknown>;
  /** A value of its `INFO`. */
  info(name: string): Promise<string | undefined>;
  close(): Promise<void>;
}

const isExecutable = (file: string) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The server that can be started here; where there is none, the tests that need one of their own are skipped. */
export const redisServerBinary: string | undefined = ["redis-server", "valkey-server"]
  .flatMap((name) => (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, name)))
  .find(isExecutable);

/** The shell outlives whoever started it just long enough to end the server, however that one ended. */
const GUARD = `trap '' INT TERM; "$@" >/dev/null 2>&1 & echo $!; read -r _; kill -9 $! 2>/dev/null; wait`;

export interface RedisServerOptions {
  /** Lines of its configuration, e.g. `appendonly yes`. */
  lines?: readonly string[];
  password?: string | undefined;
  sentinel?: boolean;
}

/** Starts a server on loopback, on a port that was free; its files go with it. */
export async function startRedisServer({
  lines = [],
  password,
  sentinel = false,
}: RedisServerOptions = {}): Promise<RedisServer> {
  if (redisServerBinary === undefined) throw new Error("there is no redis-server on the PATH");
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "watchword-redis-"));
  const file = join(folder, "redis.conf");
  const login = password === undefined ? [] : [`requirepass "${password}"`];
  writeFileSync(file, [`port ${port}`, "bind 127.0.0.1", `dir ${folder}`, ...login, ...lines, ""].join("\n"));
  const command = [redisServerBinary, file, ...(sentinel ? ["--sentinel"] : [])];
  const guard = spawn("sh", ["-c", GUARD, "guard", ...command], {
    stdio: ["pipe", "pipe", "ignore"],
    env: { ...process.env, LC_ALL: "C" },
  });
  const [pid] = (await once(createInterface(guard.stdout), "line")) as [string];
  const server: RedisServer = {
    port,
    signal: (name) => void process.kill(Number(pid), name),
    async call(name, ...args) {
      const redis = new Redis({ port, password, lazyConnect: true, retryStrategy: () => null, commandTimeout: 2000 });
      // What is wrong is said by the call itself.
      redis.on("error", () => undefined);
      try {
        return await redis.call(name, ...args);
      } finally {
        redis.disconnect();
      }
    },
    async info(name) {
      const text = String(await server.call("INFO"));
      return new RegExp(`^${name}:(.*?)\r?$`, "m").exec(text)?.[1];
    },
    async close() {
      const gone = guard.exitCode === null ? once(guard, "exit") : undefined;
      guard.stdin.end();
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await until(`a server on port ${port}`, async () => (await server.call("PING")) === "PONG");
  return server;
}

const UNTIL_MS = 30_000;

/** Waits for others: a condition that fails or throws is looked at again, for half a minute at most. */
export async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + UNTIL_MS;
  for (;;) {
    let last: unknown;
    try {
      if (await condition()) return;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`, { cause: last });
    await delay(50);
  }
}

/**
 * Below the ports of outgoing connections, one of which may take a port that was found free before it is listened on; and
 * so is the bus of a cluster's node, 10,000 above.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 20_000);
    const server = createServer().listen(port, "127.0.0.1");
    try {
      await once(server, "listening");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") continue;
      throw error;
    }
    server.close();
    await once(server, "close");
    return port;
  }
}
