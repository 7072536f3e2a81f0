import { describe, expect, test } from "vitest";
import { limiter } from "./limiter.ts";

describe("a rate in the terms of BullMQ", () => {
  test.each([
    [0.1, 1, 10_000],
    [0.5, 1, 2000],
    [1, 1, 1000],
    [3, 1, 334],
    [10, 1, 100],
    [11, 2, 182],
    [50, 5, 100],
    [1000, 100, 100],
  ])("of %d per second is %d in %d ms", (perSecond, max, duration) => {
    expect(limiter(perSecond)).toEqual({ max, duration });
  });

  const rates = [0.01, 0.1, 0.3, 0.7, 1, 1.5, 2, 7, 9.9, 10, 10.1, 20, 30, 33.3, 50, 99, 250, 1000, 12_345];

  test.each(rates)("never exceeds %d per second, and comes within a hundredth of it", (perSecond) => {
    const { max, duration } = limiter(perSecond);
    expect((max / duration) * 1000).toBeLessThanOrEqual(perSecond);
    expect((max / duration) * 1000).toBeGreaterThan(perSecond * 0.99);
  });

  test.each(rates)("lets at most a job more than a tenth of %d go out at once", (perSecond) => {
    expect(limiter(perSecond).max).toBeLessThanOrEqual(perSecond / 10 + 1);
  });

  test.each([...rates, undefined])("is in whole jobs and milliseconds, of which there are some: %s", (perSecond) => {
    for (const value of Object.values(limiter(perSecond))) {
      expect(Number.isInteger(value)).toBe(true);
      expect(value).toBeGreaterThan(0);
    }
  });

  test("without a limit is one all the same, since BullMQ pauses no other queue, and holds nothing back", () => {
    const { max, duration } = limiter();
    expect((max / duration) * 1000).toBeGreaterThanOrEqual(1_000_000);
  });
});
