import type { Redis } from "ioredis";

/** The time by the store's clock, which decides what is over: ms since the epoch. */
export async function storeTime(redis: Redis): Promise<number> {
  const [seconds, microseconds] = await redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
}
