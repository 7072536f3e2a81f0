import { durabilityProblems, type RedisProblem } from "@watchword/otp-core";
import type { Redis } from "ioredis";
import type { Logger } from "pino";

export interface WatchRedisOptions {
  logger: Logger;
  /** Whether a server that may drop data is refused rather than warned of. */
  production: boolean;
}

/**
 * Reports an outage once when it begins and once when it ends, and looks at the server's settings whenever a
 * connection is made: Redis may come up after this process, or be another one after a failover.
 */
export function watchRedis(redis: Redis, { logger, production }: WatchRedisOptions): void {
  let away = false;
  redis.on("error", (error: Error) => {
    if (!away) logger.error({ reason: error.message }, "Redis is unavailable; trying again until it is back");
    away = true;
  });
  redis.on("ready", () => {
    if (away) logger.info("Redis is back");
    away = false;
    durabilityProblems(redis).then(
      (problems) => report(problems),
      (error: Error) => logger.warn({ reason: error.message }, "Redis did not tell its settings"),
    );
  });

  function report(problems: RedisProblem[]): void {
    for (const { message, losesData } of problems) {
      if (losesData && production) throw new Error(message);
      logger.warn(message);
    }
  }
}
