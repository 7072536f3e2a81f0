import { NOTIFICATION_ATTEMPTS } from "@watchword/otp-core/queue";
import { expect, test } from "vitest";
import { notificationDelayMs, lookAgainMs } from "./retries.ts";

const hour = 3_600_000;
const retries = Array.from({ length: NOTIFICATION_ATTEMPTS - 1 }, (_, index) => index + 1);
const spread = (random: number) => retries.map((attempt) => notificationDelayMs(attempt, () => random));
const total = (random: number) => spread(random).reduce((sum, delay) => sum + delay, 0);

test("eight tries are spread over a day, the first of them again within seconds", () => {
  expect(NOTIFICATION_ATTEMPTS).toBe(8);
  expect(total(0.5)).toBeGreaterThan(23 * hour);
  expect(total(0.5)).toBeLessThan(24 * hour);
  expect(total(0)).toBeGreaterThan(21 * hour);
  expect(total(0.999)).toBeLessThan(26 * hour);
  expect(notificationDelayMs(1, () => 0.999)).toBeLessThan(6000);
});

test("each pause is as long as the one before or longer, and no two that failed together have the same", () => {
  const delays = spread(0.5);
  expect(delays).toEqual(delays.toSorted((one, other) => one - other));
  for (const attempt of retries) {
    const jittered = [0, 0.25, 0.5, 0.75, 0.999].map((random) => notificationDelayMs(attempt, () => random));
    expect(new Set(jittered).size).toBe(jittered.length);
  }
});

test("an application that is not known is looked for some 40 times in a day, and then no more", () => {
  let [waitedMs, looks] = [0, 0];
  for (let delayMs = lookAgainMs(0); delayMs !== undefined; delayMs = lookAgainMs(waitedMs)) {
    expect(delayMs).toBeLessThanOrEqual(Math.max(5000, waitedMs / 4 + 1));
    waitedMs += delayMs;
    looks += 1;
  }
  expect(waitedMs).toBeGreaterThanOrEqual(24 * hour);
  expect(waitedMs).toBeLessThan(30 * hour);
  expect(looks).toBeGreaterThan(30);
  expect(looks).toBeLessThan(50);
});
