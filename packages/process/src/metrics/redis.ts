import type { Redis } from "ioredis";
import { Gauge, type Registry } from "prom-client";
import { within } from "./within.ts";

const ANSWER_WITHIN_MS = 1000;

/** A connection outlives a server that has stopped answering; without one, a worker's would keep the command. */
const answers = async (redis: Redis): Promise<boolean> =>
  redis.status === "ready" && (await within(ANSWER_WITHIN_MS, redis.ping())) !== undefined;

/** Asks Redis at each scrape whether it is there. */
export function measureRedis(registry: Registry, redis: Redis): void {
  registry.registerMetric(
    new Gauge({
      name: "watchword_redis_up",
      help: "1 while Redis answers this process within a second, else 0",
      registers: [],
      async collect() {
        this.set((await answers(redis)) ? 1 : 0);
      },
    }),
  );
}
