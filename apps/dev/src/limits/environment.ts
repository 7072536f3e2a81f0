import { readEnvFile } from "@watchword/config";
import type { Home } from "../home.ts";
import { runningStack } from "../state.ts";

type Environment = Record<string, string | undefined>;

/** An empty variable counts as not set, as everywhere in Watchword. */
const set = (variables: Environment): Environment =>
  Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined && value.trim() !== ""));

/**
 * What a command of an operator is run with: the real environment over `.env`, and where neither names a Redis that of
 * the local stack, if one is running.
 */
export async function operatorEnvironment(home: Home, environment: Environment): Promise<Environment> {
  const merged = { ...set(readEnvFile(home.envFile)), ...set(environment) };
  if (merged["REDIS_URL"] !== undefined || merged["WATCHWORD_ENV"] === "production") return merged;
  const redisUrl = (await runningStack(home.stateFile))?.redisUrl;
  return redisUrl ? { ...merged, REDIS_URL: redisUrl } : merged;
}
