import { ExplainedError } from "../explained-error.ts";
import { ping } from "./ping.ts";
import { type AttemptResult, messageOf, never, publicUrl, type RedisRequest } from "./running-redis.ts";

/** The Redis that `REDIS_URL` names; never started or stopped here. */
export async function givenRedis({ env }: RedisRequest): Promise<AttemptResult> {
  const url = env["REDIS_URL"]?.trim();
  if (!url) return { kind: "absent", reason: "REDIS_URL is not set" };
  if (!/^rediss?:$/.test(URL.parse(url)?.protocol ?? ""))
    throw new ExplainedError("REDIS_URL must be a URL that starts with redis:// or rediss://.");
  const address = publicUrl(url);
  try {
    await ping(url, { timeoutMs: 3_000 });
  } catch (error) {
    throw new ExplainedError(
      `REDIS_URL is set, but no Redis answers PING at ${address} (${messageOf(error)}).\n` +
        "Start that Redis, correct REDIS_URL, or unset it so that one is found or started for you.",
      { cause: error },
    );
  }
  const description = `the Redis of REDIS_URL, ${address}`;
  return {
    kind: "running",
    redis: { url, source: "REDIS_URL", description, stop: async () => {}, kill: () => {}, lost: never },
  };
}
