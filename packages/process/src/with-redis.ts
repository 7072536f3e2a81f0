import { connectForWork } from "@watchword/otp-core";
import type { Redis } from "ioredis";

const READY_WITHIN_MS = 3000;

/**
 * A connection for one command of an operator, who waits in front of it: gone when the work is over.
 * @param url see `parseRedisUrl`
 * @throws when Redis is not there within 3 s, with the reason, and when the connection is lost in the middle.
 */
export async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  // Not the connection of a request: whoever stands in front of a command waits out a failover.
  const redis = connectForWork(url);
  let reason = "no answer";
  redis.on("error", (error: Error) => {
    reason = error.message;
  });
  let deadline: NodeJS.Timeout | undefined;
  const ready = new Promise<void>((resolve) => redis.once("ready", () => resolve()));
  const late = new Promise<never>((_, reject) => {
    deadline = setTimeout(
      () => reject(new Error(`Redis is not reachable, so nothing was done: ${reason}. REDIS_URL says where it is.`)),
      READY_WITHIN_MS,
    );
  });
  try {
    await Promise.race([ready, late]);
    const lost = new Promise<never>((_, reject) => {
      redis.once("close", () => reject(new Error("The connection to Redis was lost: it may or may not be done.")));
    });
    return await Promise.race([work(redis), lost]);
  } finally {
    clearTimeout(deadline);
    redis.disconnect();
  }
}
