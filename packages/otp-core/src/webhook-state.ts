import type { Redis } from "ioredis";
import { applicationPrefix } from "./store/keys.ts";

const DISABLED_SECONDS = 30 * 86_400;

const key = (applicationId: string, target: string) => `${applicationPrefix(applicationId)}webhook:${target}`;

/**
 * A target that answered 410 is told nothing more until its address changes, or for 30 days.
 * @param target names the address without revealing it, such as a hash of it
 * @returns until when, where this call switched it off, and undefined where it was off already
 */
export async function disableWebhook(redis: Redis, applicationId: string, target: string): Promise<Date | undefined> {
  const until = new Date(Date.now() + DISABLED_SECONDS * 1000);
  const done = await redis.set(key(applicationId, target), "gone", "EX", DISABLED_SECONDS, "NX");
  return done === null ? undefined : until;
}

export const isWebhookDisabled = async (redis: Redis, applicationId: string, target: string): Promise<boolean> =>
  (await redis.exists(key(applicationId, target))) === 1;
