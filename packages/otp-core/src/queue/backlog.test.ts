import { describe, expect, test } from "vitest";
import { estimateWaitMs, followLate, followRate } from "./backlog.ts";

/** Looked at 10 s after the clock's beginning. */
const wait = ({
  queued = 0,
  rate = 0,
  headSince = 10_000,
  limitedMs = 0,
  head = "dl_1",
}: Partial<{ queued: number; rate: number; headSince: number; limitedMs: number; head: string | null }>) =>
  estimateWaitMs({ head, headSince, rate }, 10_000, queued, limitedMs);

describe("a job added now would wait", () => {
  test("not at all where nothing waits, whatever the rate was", () => {
    expect(wait({})).toBe(0);
    expect(wait({ rate: 0.001, headSince: 0 })).toBe(0);
  });

  test("for what is before it, at the rate at which jobs were finished", () => {
    expect(wait({ queued: 300, rate: 0.1 })).toBe(3000);
    expect(wait({ queued: 1, rate: 0.1 })).toBe(10);
  });

  test("for as long as the next job has not moved, at the least, though jobs were finished fast before", () => {
    expect(wait({ queued: 1, rate: 1, headSince: 4000 })).toBe(6000);
  });

  test("for as long as the next job has not moved, where no job was ever finished", () => {
    expect(wait({ queued: 5, headSince: 9000 })).toBe(1000);
    expect(wait({ queued: 5 })).toBe(0);
  });

  test("until the rate limit is over, at the least, also where nothing waits", () => {
    expect(wait({ limitedMs: 2500 })).toBe(2500);
    expect(wait({ queued: 10, rate: 1, limitedMs: 2500 })).toBe(2500);
    expect(wait({ queued: 10, rate: 0.001, limitedMs: 2500 })).toBe(10_000);
  });
});

describe("the rate at which jobs are finished", () => {
  /** The rate after looks a second apart, each `queued, finished`. */
  const rateAfter = (...looks: [queued: number, finished: number][]) => {
    const trace = { rate: 0 };
    for (const [second, [queued, finished]] of looks.entries()) {
      followRate(trace, { at: second * 1000, queued, finished });
    }
    return trace.rate;
  };

  test("is that of the jobs finished between two looks while others waited", () => {
    expect(rateAfter([100, 0], [80, 20])).toBe(0.02);
    expect(rateAfter([100, 7], [100, 27])).toBe(0.02);
  });

  test("is unknown before anything was finished", () => {
    expect(rateAfter()).toBe(0);
    expect(rateAfter([100, 50])).toBe(0);
    expect(rateAfter([100, 50], [100, 50], [100, 50])).toBe(0);
  });

  test("is not lowered by jobs that were few because few were asked for", () => {
    const busy: [number, number][] = [
      [100, 0],
      [80, 20],
    ];
    expect(rateAfter(...busy, [0, 100], [0, 101], [0, 101], [0, 102])).toBe(0.02);
  });

  test("is not disturbed by a count that begins again, as after the loss of Redis's data", () => {
    expect(rateAfter([100, 500], [80, 520], [80, 0])).toBe(0.02);
    expect(rateAfter([100, 500], [80, 0], [60, 20])).toBe(0.02);
  });

  test("does not count the time before jobs waited", () => {
    expect(rateAfter([0, 0], [0, 0], [0, 0], [100, 0], [80, 20])).toBe(0.02);
  });

  test("of jobs that take longer than the time between looks is that of the whole time", () => {
    const slow = rateAfter([100, 0], [100, 0], [100, 0], [100, 0], [99, 1], [99, 1], [99, 1], [99, 1], [98, 2]);
    expect(slow).toBe(1 / 4000);
  });

  test("follows the newest looks, and is not thrown off by one", () => {
    const steady = Array.from({ length: 30 }, (_, second): [number, number] => [1000, second * 10]);
    expect(rateAfter(...steady)).toBeCloseTo(0.01);
    expect(rateAfter(...steady, [1000, 290 + 100])).toBeLessThan(0.03);
    const faster = Array.from({ length: 30 }, (_, second): [number, number] => [1000, 290 + (second + 1) * 50]);
    expect(rateAfter(...steady, ...faster)).toBeCloseTo(0.05);
  });
});

describe("a delayed job is late", () => {
  const EPOCH_MS = 1_795_000_000_000;
  const job = (dueMs: number, id = "dl_1") => [id, String((EPOCH_MS + dueMs) * 0x1000 + 7)] as const;
  /** What looks at these moments say, the store's clock being that of whoever put the jobs off or `aheadMs` of it. */
  const lateAt = (looks: [ms: number, first: readonly string[]][], aheadMs = 0) => {
    const trace = {};
    return looks.map(([ms, first]) => followLate(trace, ms, EPOCH_MS + ms + aheadMs, first));
  };

  test("from its time on, for as long as nobody takes it", () => {
    const first = job(1000);
    expect(
      lateAt([
        [0, first],
        [1000, first],
        [2000, first],
        [62_000, first],
        [63_000, []],
      ]),
    ).toEqual([0, 0, 0, 60_000, 0]);
  });

  test("never where there is none", () => {
    expect(
      lateAt([
        [0, []],
        [9000, []],
      ]),
    ).toEqual([0, 0]);
  });

  test("anew with each that is first, as where workers take them a moment late", () => {
    const looks = Array.from({ length: 5 }, (_, at): [number, readonly string[]] => [
      at * 1000,
      job(at * 1000 - 900, `dl_${at}`),
    ]);
    expect(lateAt(looks)).toEqual([0, 0, 0, 0, 0]);
  });

  test("anew where it was put off again, by the clock of a worker ten minutes slow too", () => {
    expect(
      lateAt(
        [
          [0, job(2000)],
          [1000, job(2000)],
          [2000, job(4000)],
          [3000, job(4000)],
        ],
        600_000,
      ),
    ).toEqual([0, 1000, 0, 1000]);
  });
});
