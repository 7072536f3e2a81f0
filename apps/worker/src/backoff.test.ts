import { describe, expect, test } from "vitest";
import { backoffMs, backoffStrategy, RetryLater } from "./backoff.ts";

const attempts = Array.from({ length: 60 }, (_, index) => index + 1);
const lowest = () => 0;
const highest = () => 1 - Number.EPSILON;

describe("backoffMs", () => {
  test.each([
    [1, 500, 1000],
    [2, 1000, 2000],
    [3, 2000, 4000],
    [4, 4000, 8000],
    [5, 8000, 16_000],
    [6, 15_000, 30_000],
    [7, 15_000, 30_000],
    [2000, 15_000, 30_000],
  ])("waits after failure %d from %d to %d ms", (attempt, min, max) => {
    expect(backoffMs(attempt, 0, lowest)).toBe(min);
    expect(backoffMs(attempt, 0, highest)).toBe(max);
  });

  test("spreads what failed together over half of the wait", () => {
    const waits = new Set(Array.from({ length: 100 }, () => backoffMs(4)));
    expect(waits.size).toBeGreaterThan(50);
    for (const wait of waits) {
      expect(wait).toBeGreaterThanOrEqual(4000);
      expect(wait).toBeLessThanOrEqual(8000);
    }
  });

  test("waits whole milliseconds", () => {
    for (const attempt of attempts) expect(Number.isInteger(backoffMs(attempt, 1234))).toBe(true);
  });

  test("never waits less than Retry-After, and not much longer", () => {
    for (const retryAfter of [1, 500, 999, 1000, 1001, 5000, 60_000, 86_400_000]) {
      for (const attempt of attempts) {
        for (const random of [lowest, () => 0.5, highest]) {
          const wait = backoffMs(attempt, retryAfter, random);
          expect(wait).toBeGreaterThanOrEqual(retryAfter);
          expect(wait).toBeLessThanOrEqual(Math.max(backoffMs(attempt, 0, highest), retryAfter + 7500));
        }
      }
    }
  });

  test("spreads what was told the same Retry-After", () => {
    const waits = new Set(Array.from({ length: 100 }, () => backoffMs(1, 5000)));
    expect(waits.size).toBeGreaterThan(30);
  });
});

describe("backoffStrategy", () => {
  const strategy = (attemptsMade: number, error: Error) => Number(backoffStrategy(attemptsMade, "watchword", error));

  test("waits as long as a RetryLater says, whatever the attempt", () => {
    for (const attempt of attempts) expect(strategy(attempt, new RetryLater("retry", 1234))).toBe(1234);
  });

  test("waits after an error that nobody foresaw as after a failure, never for ever and never not at all", () => {
    for (const attempt of attempts) {
      const wait = strategy(attempt, new TypeError("x is not a function"));
      expect(wait).toBeGreaterThanOrEqual(500);
      expect(wait).toBeLessThanOrEqual(30_000);
    }
  });
});
