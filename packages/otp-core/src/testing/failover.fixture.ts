import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { TestContext } from "vitest";
import { isRedisUnavailable, type RedisConnection } from "../store/redis.ts";

/** What the API promises its callers, the answer included. */
const REFUSED_WITHIN_MS = 2000;
/** Until a failover is noticed, an election, and what the slow machine of a test adds; as `expect.poll` takes it. */
export const FAILOVER = { timeout: 45_000, interval: 100 };

type Connect = (url: string) => RedisConnection;

/** Gives the servers of one test a way to connect to them; connections and servers are closed when it is over. */
export function connectable<Setup extends { url: string; close(): Promise<void> }>(
  { onTestFinished }: TestContext,
  setup: Setup,
): Setup & { connected(connect: Connect): Promise<RedisConnection> } {
  const connections: RedisConnection[] = [];
  onTestFinished(async () => {
    for (const redis of connections) redis.disconnect();
    await setup.close();
  });
  const connected = async (connect: Connect) => {
    const redis = connect(setup.url);
    connections.push(redis);
    redis.on("error", () => undefined);
    await once(redis, "ready", { signal: AbortSignal.timeout(10_000) });
    return redis;
  };
  return { ...setup, connected };
}

/** `written`, or that it was refused as unavailable, in time. */
export async function write(redis: RedisConnection, key: string = randomUUID()): Promise<string> {
  const begun = performance.now();
  const end = await redis.set(key, "x", "PX", 60_000).then(
    () => "written",
    (error: unknown) => (isRedisUnavailable(error) ? "unavailable" : String(error)),
  );
  const tookMs = performance.now() - begun;
  return tookMs < REFUSED_WITHIN_MS ? end : `${end} after ${tookMs} ms`;
}

/** Writes until that succeeds again, having been refused before, and never too late. */
export async function expectRefusalsThenWritten(
  { expect }: TestContext,
  redis: RedisConnection,
  key?: string,
): Promise<void> {
  const ends = new Set<string>();
  const end = async () => {
    const last = await write(redis, key);
    ends.add(last);
    return last;
  };
  await expect.poll(end, FAILOVER).toBe("written");
  expect([...ends]).toEqual(["unavailable", "written"]);
}

/** How adding a job ends, told again and again until the queue has its server. */
export const addedTo = (queue: { add(name: string, data: object, options: object): Promise<unknown> }, jobId: string) =>
  queue.add("deliver", {}, { jobId }).then(
    () => "added",
    () => "refused",
  );
