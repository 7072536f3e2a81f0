import type { TestProject } from "vitest/node";
import { resolveRedis, testOrder } from "./redis/resolve.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The Redis of this test run: `inject("redisUrl")`. */
    redisUrl: string;
  }
}

const say = (line: string) => console.log(line);

/** Gives the integration tests one Redis for the whole run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const redis = await resolveRedis({ env: process.env, order: testOrder, durable: false, say });
  say(`Redis of the tests: ${redis.description}`);
  project.provide("redisUrl", redis.url);
  return () => redis.stop();
}
