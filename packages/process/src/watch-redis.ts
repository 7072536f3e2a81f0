import { durabilityProblems, type RedisConnection, type RedisProblem } from "@watchword/otp-core";
import type { Redis } from "ioredis";
import type { Logger } from "pino";

export interface WatchRedisOptions {
  logger: Logger;
  /** Whether a server that may drop data is refused at the first contact rather than warned of. */
  production: boolean;
}

/**
 * Reports an outage once when it begins and once when it ends, and looks at the server's settings whenever a
 * connection is made: Redis may come up after this process, or be another one after a failover. In production the
 * first one must not drop data; one that takes over later is complained of, and no failover ends a process.
 * @returns resolves when there is a server that may be used
 */
export function watchRedis(redis: RedisConnection, { logger, production }: WatchRedisOptions): Promise<void> {
  const { promise: usable, resolve: use } = Promise.withResolvers<void>();
  let away = false;
  let accepted = false;
  redis.on("error", (error: Error) => {
    if (!away) logger.error({ reason: error.message }, "Redis is unavailable; trying again until it is back");
    away = true;
  });
  redis.on("ready", () => {
    if (away) logger.info("Redis is back");
    away = false;
    check(redis);
  });
  // A cluster stays ready while nodes come and go.
  redis.on("+node", (node: Redis) => {
    if (redis.status === "ready") check(node);
  });

  function check(servers: RedisConnection): void {
    durabilityProblems(servers).then(
      (problems) => report(problems),
      (error: Error) => {
        logger.warn({ reason: error.message }, "Redis did not tell its settings");
        use();
      },
    );
  }

  function report(problems: RedisProblem[]): void {
    for (const { message, losesData } of problems) {
      if (losesData && production && !accepted) throw new Error(message);
      if (losesData && production) logger.error(message);
      else logger.warn(message);
    }
    accepted = true;
    use();
  }
  return usable;
}
