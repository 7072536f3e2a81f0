import type { RateLimiterOptions } from "bullmq";

/** More than any worker sends. BullMQ pauses only queues that have a limit. */
const UNLIMITED_PER_SECOND = 1_000_000;

/**
 * A rate in the terms of BullMQ, which counts it in Redis over all workers of a queue: a tenth of a second's share at
 * a time where that is a job or more, so that a second's share does not go out at once.
 * @param perSecond above 0, 0.1 is one in ten seconds; undefined for no limit
 */
export function limiter(perSecond: number = UNLIMITED_PER_SECOND): RateLimiterOptions {
  const max = Math.max(1, Math.ceil(perSecond / 10));
  return { max, duration: Math.ceil((max / perSecond) * 1000) };
}
