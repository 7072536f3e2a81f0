import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Redis } from "ioredis";
import { freePort } from "../ports.ts";
import { type GuardedServer, startGuarded } from "../redis/guarded-server.ts";
import { ask, pingUntilReady } from "../redis/ping.ts";
import { serverOptions } from "../redis/server-options.ts";
import type { Run } from "./run.ts";

const READY_MS = 20_000;
const ASK_MS = 5_000;

/** A redis-server on one port and one folder of data, that can be ended and started again. */
export interface RedisNode {
  port: number;
  url: string;
  /** Starts it on its data, and waits until it answers. */
  start(): Promise<void>;
  /** Ends it, and waits until it is gone. */
  end(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
  signal(signal: "SIGSTOP" | "SIGCONT"): void;
  /** A conversation on a connection of its own. */
  ask<T>(question: (redis: Redis) => Promise<T>): Promise<T>;
}

/** @param more options beyond those that Watchword needs, all of which it has: AOF with every write synced, noeviction */
export async function redisNode(run: Run, name: string, more: Record<string, string> = {}): Promise<RedisNode> {
  const folder = join(run.folder, name);
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const place = { port: String(port), bind: "127.0.0.1", dir: folder, loglevel: "warning", ...more };
  const options = serverOptions({ durable: true }, place);

  let server: GuardedServer | undefined;
  const { PATH } = process.env;
  run.onEnd(async () => {
    server?.kill();
    await server?.ended;
  });
  return {
    port,
    url,
    start: async () => {
      const started = startGuarded({ server: run.redisServer, options, folder, discard: false, env: { PATH } });
      server = started;
      const ended = started.ended.then((how) => Promise.reject(new Error(`${name} ${how}`)));
      await Promise.race([pingUntilReady(url, { timeoutMs: READY_MS }), ended]);
    },
    end: async (signal) => {
      server?.signal(signal);
      await server?.ended;
    },
    signal: (signal) => server?.signal(signal),
    ask: (question) => ask(url, ASK_MS, question),
  };
}
