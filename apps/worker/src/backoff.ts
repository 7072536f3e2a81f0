import type { BackoffStrategy } from "bullmq";

const FIRST_MS = 1000;
const MAX_MS = 30_000;

/** Ends a job's attempt: the work is not over, and the job comes back after the delay. */
export class RetryLater extends Error {
  override name = "RetryLater";
  readonly delayMs: number;

  /** @param message shown in the dashboard: nothing secret, no carrier's text. */
  constructor(message: string, delayMs: number) {
    super(message);
    this.delayMs = delayMs;
  }
}

/**
 * 1, 2, 4 … 30 s, of which a random half is jitter, so that what failed together does not come back together.
 * A `Retry-After` of the carrier is a lower bound.
 * @param attempt 1 for the first that failed
 * @param random in [0, 1)
 */
export function backoffMs(attempt: number, retryAfterMs = 0, random: () => number = Math.random): number {
  const full = Math.min(FIRST_MS * 2 ** (attempt - 1), MAX_MS);
  const jittered = full / 2 + (full / 2) * random();
  return Math.ceil(jittered <= retryAfterMs ? retryAfterMs + jittered / 4 : jittered);
}

/** A `RetryLater` says when; an error that nobody foresaw waits as a first failure would, and longer each time. */
export const backoffStrategy: BackoffStrategy = (attemptsMade, _type, error) =>
  error instanceof RetryLater ? error.delayMs : backoffMs(attemptsMade);
