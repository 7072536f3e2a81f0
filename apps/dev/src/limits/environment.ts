import type { Home } from "../home.ts";
import { givenVariables } from "../settings.ts";
import { runningStack } from "../state.ts";

/**
 * What a command of an operator is run with: the real environment over `.env`, and where neither names a Redis that of
 * the local stack, if one is running.
 */
export async function operatorEnvironment(
  home: Home,
  environment: Record<string, string | undefined>,
): Promise<Record<string, string>> {
  const given = givenVariables(home, environment);
  if (given["REDIS_URL"] !== undefined || given["WATCHWORD_ENV"] === "production") return given;
  const redisUrl = (await runningStack(home.stateFile))?.redisUrl;
  return redisUrl ? { ...given, REDIS_URL: redisUrl } : given;
}
