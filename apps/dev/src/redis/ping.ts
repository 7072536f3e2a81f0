import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";

/** Runs one conversation with a Redis on a connection of its own. */
export async function ask<T>(url: string, timeoutMs: number, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let cause: Error | undefined;
  redis.on("error", (error: Error) => {
    cause ??= error;
  });
  try {
    await redis.connect();
    return await question(redis);
  } catch (error) {
    throw cause ?? error;
  } finally {
    redis.disconnect();
  }
}

/** @throws the connection's or the server's own error when there is no PONG in time. */
export async function ping(url: string, { timeoutMs }: { timeoutMs: number }): Promise<void> {
  await ask(url, timeoutMs, (redis) => redis.ping());
}

/** Pings until there is a PONG (a Redis that loads its AOF refuses for a while). */
export async function pingUntilReady(url: string, { timeoutMs }: { timeoutMs: number }): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await ping(url, { timeoutMs: 1_000 });
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await delay(50);
  }
}

/** The folder where a Redis keeps its data, as it says itself. */
export const dataFolderOf = (url: string) => ask(url, 1_000, async (redis) => (await redis.config("GET", "dir"))[1]);
