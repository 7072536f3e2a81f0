const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** After the first try and each that follows: eight tries over a day. */
const DELAYS_MS = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 8 * hour, 8 * hour];

/**
 * @param attempt 1 for the first that failed
 * @param random in [0, 1): up to a tenth less or more, so that what failed together does not come back together
 */
export function notificationDelayMs(attempt: number, random: () => number = Math.random): number {
  const delay = DELAYS_MS[Math.min(attempt, DELAYS_MS.length) - 1] ?? hour;
  return Math.round(delay * (0.9 + random() / 5));
}

const UNKNOWN_FIRST_MS = 5 * second;
const UNKNOWN_FOR_MS = 24 * hour;

/**
 * When to look again whether the application of an event has become known: after a quarter of the time that it has not
 * been, so that it is told soon after, and not looked for in vain all the time.
 * @returns undefined where it has not been known for a day
 */
export const unknownDelayMs = (waitedMs: number): number | undefined =>
  waitedMs >= UNKNOWN_FOR_MS ? undefined : Math.max(UNKNOWN_FIRST_MS, Math.round(waitedMs / 4));
