import { Registry } from "prom-client";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type Backlog, measureBacklog } from "./backlog.ts";

afterEach(() => void vi.useRealTimers());

const sms = {
  queue: "sms-telnyx",
  waiting: 7,
  active: 3,
  delayed: 2,
  prioritized: 1,
  failed: 4,
  finished: 90,
  waitMs: 1500,
};

function measured(backlog: () => Backlog | undefined | Promise<Backlog | undefined>): () => Promise<string[]> {
  const registry = new Registry();
  measureBacklog(registry, backlog);
  return async () => (await registry.metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

describe("the backlog", () => {
  test("is told queue by queue and state by state, with the wait in seconds", async () => {
    const scrape = measured(() => [sms, { ...sms, queue: "receipts", waiting: 0, waitMs: 0 }]);
    const lines = await scrape();
    expect(lines).toHaveLength(14);
    for (const line of [
      'watchword_queue_jobs{queue="sms-telnyx",state="waiting"} 7',
      'watchword_queue_jobs{queue="sms-telnyx",state="active"} 3',
      'watchword_queue_jobs{queue="sms-telnyx",state="delayed"} 2',
      'watchword_queue_jobs{queue="sms-telnyx",state="prioritized"} 1',
      'watchword_queue_jobs{queue="sms-telnyx",state="failed"} 4',
      'watchword_queue_jobs{queue="receipts",state="waiting"} 0',
      'watchword_queue_finished_jobs_total{queue="sms-telnyx"} 90',
      'watchword_queue_wait_seconds{queue="sms-telnyx"} 1.5',
    ]) {
      expect(lines).toContain(line);
    }
  });

  test("is asked for once per scrape, and anew at the next", async () => {
    let asked = 0;
    const scrape = measured(() => [{ ...sms, waiting: ++asked }]);
    await scrape();
    expect(await scrape()).toContain('watchword_queue_jobs{queue="sms-telnyx",state="waiting"} 2');
    expect(asked).toBe(2);
  });

  test.each<[why: string, backlog: () => Backlog | undefined | Promise<Backlog>]>([
    ["there is no sample yet", () => undefined],
    ["it cannot be had", () => Promise.reject(new Error("Redis is away"))],
    [
      "asking throws",
      () => {
        throw new Error("Redis is away");
      },
    ],
  ])("has no values while %s, and the scrape goes on", async (_why, backlog) => {
    expect(await measured(backlog)()).toEqual([]);
  });

  test("keeps a scrape from waiting for a Redis that is silent, and is told again when it answers", async () => {
    vi.useFakeTimers();
    let silent = true;
    const scrape = measured(() => (silent ? new Promise(() => undefined) : [sms]));
    const scraped = scrape();
    await vi.advanceTimersByTimeAsync(2000);
    expect(await scraped).toEqual([]);
    silent = false;
    expect(await scrape()).toHaveLength(7);
  });

  test("forgets a queue that is not told of any more", async () => {
    const samples = [[sms], []];
    const scrape = measured(() => samples.shift());
    expect(await scrape()).toHaveLength(7);
    expect(await scrape()).toEqual([]);
  });
});
