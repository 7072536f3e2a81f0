import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../ports.ts";
import { startGuarded } from "../redis/guarded-server.ts";
import { ask } from "../redis/ping.ts";
import { type RedisNode, redisNode } from "./redis-node.ts";
import { mustBe, type Run } from "./run.ts";

const MASTER = "watchword";
const READY_MS = 30_000;
/** How long the master may be silent before its sentinels call it dead. */
const DOWN_AFTER_MS = 1_000;

export interface SentinelSet {
  /** For `REDIS_URL`. */
  url: string;
  master: RedisNode;
  replica: RedisNode;
}

export const sentinelUrl = (ports: readonly number[]): string =>
  `redis+sentinel://${ports.map((port) => `127.0.0.1:${port}`).join(",")}/${MASTER}`;

/** A master, its replica, and three sentinels that agree on them. */
export async function startSentinelSet(run: Run): Promise<SentinelSet> {
  const master = await redisNode(run, "master");
  const replica = await redisNode(run, "replica", { replicaof: `127.0.0.1 ${master.port}` });
  await master.start();
  await replica.start();
  const ports: number[] = [];
  for (const name of ["sentinel-1", "sentinel-2", "sentinel-3"]) ports.push(await startSentinel(run, name, master));

  const agrees = (port: number) =>
    ask(`redis://127.0.0.1:${port}`, 1_000, async (redis) => {
      const fields = (await redis.call("SENTINEL", "MASTER", MASTER)) as string[];
      const value = (field: string) => fields[fields.indexOf(field) + 1];
      return value("num-slaves") === "1" && value("num-other-sentinels") === "2";
    }).catch(() => false);
  await mustBe(run, "three sentinels that agree", READY_MS, async () =>
    (await Promise.all(ports.map(agrees))).every(Boolean),
  );
  return { url: sentinelUrl(ports), master, replica };
}

async function startSentinel(run: Run, name: string, master: RedisNode): Promise<number> {
  const folder = join(run.folder, name);
  mkdirSync(folder);
  const port = await freePort();
  const file = join(folder, "sentinel.conf");
  const lines = [
    `port ${port}`,
    "bind 127.0.0.1",
    `dir ${folder}`,
    `sentinel monitor ${MASTER} 127.0.0.1 ${master.port} 2`,
    `sentinel down-after-milliseconds ${MASTER} ${DOWN_AFTER_MS}`,
    `sentinel failover-timeout ${MASTER} 10000`,
  ];
  writeFileSync(file, `${lines.join("\n")}\n`); // a sentinel keeps what it learns in its configuration file
  const { PATH } = process.env;
  const options = [file, "--sentinel"];
  const sentinel = startGuarded({ server: run.redisServer, options, folder, discard: false, env: { PATH } });
  run.onEnd(async () => {
    sentinel.kill();
    await sentinel.ended;
  });
  return port;
}
