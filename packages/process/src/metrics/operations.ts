import type { Config } from "@watchword/config";
import type { Redis } from "ioredis";
import type { Registry } from "prom-client";
import { serveOperations } from "../operations.ts";
import { type Backlog, measureBacklog } from "./backlog.ts";
import { createMetrics } from "./process.ts";
import { measureRedis } from "./redis.ts";

type OperationsConfig = Pick<Config<"api">, "WATCHWORD_ENV" | "METRICS_PORT" | "METRICS_TOKEN">;

/** What a process lets its operator look at. */
export interface Operations {
  /** For the metrics that are the process's own. */
  registry: Registry;
  /**
   * Serves all of it on `METRICS_PORT`.
   * @returns stops answering
   */
  serve(deps: { redis: Redis; backlog: () => Backlog | undefined; healthy: () => boolean }): Promise<() => void>;
}

/** Undefined where `METRICS_PORT` is not set: then nothing is measured. */
export function createOperations(
  name: "api" | "worker",
  { WATCHWORD_ENV, METRICS_PORT: port, METRICS_TOKEN: token }: OperationsConfig,
): Operations | undefined {
  if (port === undefined) return undefined;
  const registry = createMetrics(name);
  return {
    registry,
    async serve({ redis, backlog, healthy }) {
      measureRedis(registry, redis);
      measureBacklog(registry, backlog);
      const host = WATCHWORD_ENV === "production" ? "0.0.0.0" : "127.0.0.1";
      return serveOperations({ host, port, token }, { healthy, registry });
    },
  };
}
