import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { TestCore } from "../testing/index.fixture.ts";
import { startTestCore } from "../testing/verifications.fixture.ts";
import { queueKey } from "./contracts.ts";
import { returnSlot, shortenWindow } from "./rate-window.ts";

const WINDOW_MS = 60_000;

let core: TestCore;
let queue: string;
let key: string;
beforeEach(async () => {
  core = await startTestCore();
  queue = `rate-${randomUUID()}`;
  key = queueKey(queue, "limiter");
});
afterEach(async () => {
  await core.redis.del(key);
  await core.close();
});

/** A window that has run for so long, with so many jobs taken. */
const window = (count: number | bigint, ageMs: number) => core.redis.set(key, String(count), "PX", WINDOW_MS - ageMs);

test("a job that requested nothing leaves its place in the window to another, and the window its end", async () => {
  await window(3, 20_000);
  await returnSlot(core.redis, queue, WINDOW_MS, 10);
  expect(await core.redis.get(key)).toBe("2");
  expect(await core.redis.pttl(key)).toBeLessThanOrEqual(WINDOW_MS - 20_000);
});

test.each([
  ["the window began after the job was taken", 3, 10, 20_000],
  ["a carrier's wish holds the queue back", BigInt(Number.MAX_SAFE_INTEGER), 20_000, 10],
  ["nothing is counted", 0, 20_000, 10],
] as const)("nothing is given back where %s", async (_why, count, ageMs, takenMs) => {
  await window(count, ageMs);
  await returnSlot(core.redis, queue, WINDOW_MS, takenMs);
  expect(await core.redis.get(key)).toBe(String(count));
});

test("nothing is left behind where the window is over", async () => {
  await returnSlot(core.redis, queue, WINDOW_MS, 10);
  expect(await core.redis.exists(key)).toBe(0);
});

describe("under a new rate", () => {
  test("a window lasts no longer than its own, what was taken in it stays counted", async () => {
    await window(3, 1000);
    await shortenWindow(core.redis, queue, 100);
    expect(await core.redis.pttl(key)).toBeLessThanOrEqual(100);
  });

  test.each([
    ["one that ends sooner by itself", 3, 59_000, 5000],
    ["a carrier's wish", BigInt(Number.MAX_SAFE_INTEGER), 1000, 100],
  ] as const)("%s lasts as it did", async (_what, count, ageMs, windowMs) => {
    await window(count, ageMs);
    const before = await core.redis.pttl(key);
    await shortenWindow(core.redis, queue, windowMs);
    expect(await core.redis.pttl(key)).toBeGreaterThan(before - 900);
  });
});
