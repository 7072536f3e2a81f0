import { ExplainedError } from "../explained-error.ts";
import { containerRedis } from "./container.ts";
import { installedRedis } from "./install.ts";
import { givenRedis } from "./given.ts";
import { serverRedis } from "./server.ts";
import type { Attempt, RedisRequest, RunningRedis } from "./running-redis.ts";

/** How a Redis can be had; `install` is the system's package manager. */
export type Way = "REDIS_URL" | "server" | "container" | "install";

/** The local stack wants its data to outlive it, so it prefers a server on the PATH; so does a benchmark. */
export const startOrder: readonly Way[] = ["REDIS_URL", "server", "container", "install"];
/** Tests want the Redis that production names. */
export const testOrder: readonly Way[] = ["REDIS_URL", "container", "server", "install"];

const everyWay: Record<Way, Attempt> = {
  REDIS_URL: givenRedis,
  server: serverRedis,
  container: containerRedis,
  install: installedRedis,
};

export class NoRedisError extends ExplainedError {
  override name = "NoRedisError";

  constructor(reasons: readonly string[]) {
    super(
      [
        "Watchword needs a Redis and found none:",
        ...reasons.map((reason) => `  - ${reason}`),
        "Any one of these is enough:",
        "  - set REDIS_URL to a Redis of yours, such as redis://127.0.0.1:6379",
        "  - install redis-server or valkey-server so that it is on the PATH",
        "  - start a Docker engine that can get the image redis:8",
        "  - run as root or with passwordless sudo, so that the package manager can install redis-server",
      ].join("\n"),
    );
  }
}

/**
 * Finds or starts a Redis, trying the ways of `request.order` one after another.
 * @throws {NoRedisError} when none of them gives one, with the reason of each.
 * @throws {ExplainedError} when `REDIS_URL` is set and does not answer: nothing else is tried then.
 */
export async function resolveRedis(
  request: RedisRequest & { order: readonly Way[] },
  ways: Record<Way, Attempt> = everyWay,
): Promise<RunningRedis> {
  const reasons: string[] = [];
  for (const [index, way] of request.order.entries()) {
    const result = await ways[way](request);
    switch (result.kind) {
      case "running":
        return result.redis;
      case "absent":
        reasons.push(result.reason);
        break;
      case "failed":
        if (index < request.order.length - 1) request.say(`${result.reason}; trying the next way`);
        reasons.push(result.reason);
        break;
    }
  }
  throw new NoRedisError(reasons);
}
