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

const FIRST_LOOK_MS = 5 * second;
const WAITS_FOR_MS = 24 * hour;

/**
 * When to look again whether an application can be told, which is not known here or does not answer anybody: after a
 * quarter of the time that its event has waited, so that it is told soon after, and not looked for in vain all the time.
 * @returns undefined where it has waited for a day
 */
export const lookAgainMs = (waitedMs: number): number | undefined =>
  waitedMs >= WAITS_FOR_MS ? undefined : Math.max(FIRST_LOOK_MS, Math.round(waitedMs / 4));
