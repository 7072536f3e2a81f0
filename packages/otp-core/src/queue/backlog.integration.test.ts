import { randomUUID } from "node:crypto";
import { Queue, Worker } from "bullmq";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connectForWork } from "../store/redis.ts";
import { idleQueue, startProxy, type TestCore } from "../testing/index.fixture.ts";
import { startTestCore } from "../testing/verifications.fixture.ts";
import { type Backlog, type QueueBacklog, watchBacklog } from "./backlog.ts";
import { queueKey, queuePrefix } from "./contracts.ts";

const SOON = { timeout: 10_000, interval: 20 };
const INTERVAL_MS = 20;

let core: TestCore;
let name: string;
let queue: Queue;
let backlog: Backlog;
let errors: unknown[];
/** What is to be closed or stopped after the test. */
let closing: (() => unknown)[];

const watch = (redis = core.redis, onLook?: (looks: readonly QueueBacklog[]) => void) => {
  const watched = watchBacklog(redis, {
    queues: [name],
    intervalMs: INTERVAL_MS,
    onError: (error) => errors.push(error),
    ...(onLook && { onLook }),
  });
  closing.push(() => watched.stop());
  return watched;
};

beforeEach(async () => {
  core = await startTestCore();
  name = `backlog-${randomUUID()}`;
  queue = new Queue(name, { connection: core.redis, prefix: queuePrefix(name) });
  errors = [];
  closing = [];
  backlog = watch();
});
afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  await queue.obliterate({ force: true });
  await queue.close();
  await core.close();
});

/** Serves the queue as the worker does, the count of finished jobs included. */
function serve(work: () => Promise<unknown>, concurrency = 1): Worker {
  const connection = connectForWork(core.redisUrl);
  const worker = new Worker(name, work, {
    connection,
    prefix: queuePrefix(name),
    concurrency,
    metrics: { maxDataPoints: 1 },
  });
  worker.on("error", () => undefined);
  closing.push(() => connection.disconnect());
  closing.push(() => worker.close(true));
  return worker;
}

const latest = (of = backlog) => of.latest()[0];

test("there is nothing to say before the first look, and an empty queue has no wait after it", async () => {
  expect(backlog.latest()).toEqual([]);
  await expect.poll(() => backlog.latest(), SOON).toEqual([{ queue: name, ...idleQueue }]);
});

test("jobs are counted by their state", async () => {
  await queue.add("first", {});
  await queue.add("first", {});
  await queue.add("later", {}, { priority: 10 });
  await queue.add("delayed", {}, { delay: 3_600_000 });
  await expect.poll(() => latest(), SOON).toMatchObject({ waiting: 2, prioritized: 1, delayed: 1, active: 0 });

  const { promise, reject } = Promise.withResolvers<void>();
  serve(() => promise);
  await expect.poll(() => latest(), SOON).toMatchObject({ waiting: 1, prioritized: 1, active: 1 });
  reject(new Error("it could not be done"));
  await expect.poll(() => latest(), SOON).toMatchObject({ waiting: 0, prioritized: 0, active: 0, failed: 3 });
});

test("a queue that is paused, or that its rate limit holds back, says so", async () => {
  await queue.pause();
  await expect.poll(() => latest(), SOON).toMatchObject({ paused: true, limitedMs: 0 });
  await queue.resume();
  await queue.rateLimit(60_000);
  await expect.poll(() => latest()?.paused, SOON).toBe(false);
  await expect.poll(() => latest()?.limitedMs, SOON).toBeGreaterThan(50_000);
  expect(latest()?.waitMs).toBe(latest()?.limitedMs);
});

test("what was taken in the running window of a rate is counted, and what came to an end for ever", async () => {
  const connection = connectForWork(core.redisUrl);
  const worker = new Worker(name, async () => undefined, {
    connection,
    prefix: queuePrefix(name),
    limiter: { max: 2, duration: 60_000 },
    metrics: { maxDataPoints: 1 },
  });
  closing.push(() => connection.disconnect());
  closing.push(() => worker.close(true));
  await queue.addBulk(["a", "b", "c"].map((each) => ({ name: each, data: {} })));
  await expect.poll(() => latest(), SOON).toMatchObject({ waiting: 1, takenInWindow: 2, finished: 2, limitedMs: 0 });
});

describe("the wait", () => {
  test("grows while the next job does not move, as without a worker", async () => {
    await queue.addBulk([
      { name: "first", data: {} },
      { name: "second", data: {} },
    ]);
    await expect.poll(() => latest()?.waitMs, SOON).toBeGreaterThan(100);
    const before = latest()?.waitMs ?? Number.NaN;
    await expect.poll(() => latest()?.waitMs, SOON).toBeGreaterThan(before + 100);
  });

  test("of jobs that give way grows while the next of them does not move, too", async () => {
    await queue.add("later", {}, { priority: 10 });
    await expect.poll(() => latest()?.waitMs, SOON).toBeGreaterThan(100);
  });

  test("begins again with the next job, and is over when the last one is taken", async () => {
    await queue.add("first", {});
    await expect.poll(() => latest()?.waitMs, SOON).toBeGreaterThan(200);
    serve(() => Promise.resolve());
    await expect.poll(() => latest(), SOON).toMatchObject({ waiting: 0, waitMs: 0 });
  });

  test("of what follows a job that has just moved is told by the rate", async () => {
    const looks: QueueBacklog[] = [];
    watch(core.redis, (each) => looks.push(...each));
    const begun = performance.now();
    await queue.addBulk(Array.from({ length: 50 }, () => ({ name: "job", data: {} })));
    await expect.poll(() => looks.at(-1), SOON).toMatchObject({ waiting: 50 });
    let released = 10;
    serve(() => (released-- > 0 ? Promise.resolve() : new Promise(() => undefined)));
    await expect.poll(() => looks.at(-1), SOON).toMatchObject({ waiting: 39, active: 1 });
    const elapsedMs = performance.now() - begun;

    // Nothing but the rate makes a job wait while the one before it moves.
    const moved = looks.filter(({ waiting }, at) => waiting < (looks[at - 1]?.waiting ?? 0));
    const waitMs = moved.at(-1)?.waitMs;
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(50 * elapsedMs);
  });
});

describe("a delayed job whose time has come", () => {
  test("makes the wait grow where no worker serves its queue, and keeps nobody from adding jobs", async () => {
    await queue.add("unless confirmed", {}, { delay: 1 });
    await expect.poll(() => latest()?.waitMs, SOON).toBeGreaterThan(200);
    expect(latest()).toMatchObject({ delayed: 1, waiting: 0, steadyWaitMs: 0 });
    serve(() => Promise.resolve());
    await expect.poll(() => latest(), SOON).toMatchObject({ delayed: 0, waitMs: 0 });
  });

  test("is no wait before that", async () => {
    await queue.add("unless confirmed", {}, { delay: 3_600_000 });
    await expect.poll(() => latest(), SOON).toMatchObject({ delayed: 1, waitMs: 0 });
  });
});

test("the steady wait is the least of the last five looks, so that one of them alone refuses nobody", async () => {
  const looks: QueueBacklog[] = [];
  watch(core.redis, (each) => looks.push(...each));
  await expect.poll(() => looks.length, SOON).toBeGreaterThan(2);
  await queue.add("first", {});
  await expect.poll(() => looks.at(-1)?.steadyWaitMs, SOON).toBeGreaterThan(100);
  for (const [at, { steadyWaitMs }] of looks.entries())
    expect(steadyWaitMs).toBe(Math.min(...looks.slice(Math.max(0, at - 4), at + 1).map(({ waitMs }) => waitMs)));
});

test("an outage is nobody's error: the looks go on after it", async () => {
  const proxy = await startProxy(core.redisUrl);
  const apart = await startTestCore({ redisUrl: proxy.url });
  closing.push(
    () => proxy.close(),
    () => apart.close(),
  );
  const watched = watch(apart.redis);
  await expect.poll(() => latest(watched), SOON).toMatchObject({ waiting: 0 });
  await proxy.cut();
  await expect.poll(() => apart.redis.status, SOON).not.toBe("ready");
  await queue.add("first", {});
  await proxy.restore();
  await expect.poll(() => latest(watched), SOON).toMatchObject({ waiting: 1 });
  expect(errors).toEqual([]);
});

test("a look that fails for another reason is an error, and the next one is taken all the same", async () => {
  const key = queueKey(name, "delayed");
  await core.redis.set(key, "no list of jobs");
  await expect.poll(() => errors.length, SOON).toBeGreaterThan(1);
  expect(String(errors[0])).toContain("WRONGTYPE");
  await core.redis.del(key);
  await expect.poll(() => latest(), SOON).toMatchObject({ delayed: 0 });
});

test("no more looks are taken once it is stopped", async () => {
  await expect.poll(() => latest(), SOON).toMatchObject({ waiting: 0 });
  const other = watch();
  backlog.stop();
  await queue.add("first", {});
  await expect.poll(() => latest(other), SOON).toMatchObject({ waiting: 1 });
  expect(latest()).toMatchObject({ waiting: 0 });
});
