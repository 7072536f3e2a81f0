import { connectForWork } from "@watchword/otp-core";
import { type QueueBacklog, queuePrefix, watchBacklog } from "@watchword/otp-core/queue";
import { createTestCore, idleQueue } from "@watchword/otp-core/testing";
import { Worker } from "bullmq";
import { describe, expect, onTestFinished, test } from "vitest";
import { expectSoon } from "./testing/soon.fixture.ts";
import { startBench } from "./testing/worker.fixture.ts";
import { watchProgress } from "./watch-progress.ts";

const LIMIT_MS = 30_000;
const RATE = 3;

/** Watches two workers that do nothing, on a clock of the test's own. */
async function watchIdle() {
  const core = await createTestCore();
  const redis = connectForWork(core.redisUrl);
  const [sms, calls] = ["sms-telnyx", "call-telnyx"].map(
    (name) =>
      new Worker(name, async () => undefined, {
        connection: redis,
        prefix: queuePrefix(name),
        autorun: false,
        limiter: { max: RATE, duration: 1000 },
      }),
  ) as [Worker, Worker];
  await Promise.all([sms.waitUntilReady(), calls.waitUntilReady()]);
  onTestFinished(async () => {
    await Promise.all([sms.close(), calls.close()]);
    redis.disconnect();
    await core.close();
  });
  let time = 1000;
  const progress = watchProgress([sms, calls], { now: () => time });
  const waits: QueueBacklog = {
    ...idleQueue,
    queue: "sms-telnyx",
    waiting: 1,
  };
  /** Looks each second for a time, beginning now. */
  const lookFor = (ms: number, found: Partial<QueueBacklog> = {}, each?: () => void) => {
    for (const end = time + ms; time < end;) {
      time += 1000;
      each?.();
      progress.look([
        { ...waits, ...found },
        { ...waits, queue: "call-telnyx", waiting: 0 },
      ]);
    }
  };
  return { sms, calls, progress, waits, lookFor, skip: (ms: number) => void (time += ms) };
}

describe("a queue is stuck", () => {
  test.each([{ waiting: 1 }, { waiting: 0, prioritized: 1 }, { active: 20 }])(
    "where jobs wait and none has moved for longer than any job takes: %o",
    async (found) => {
      const { progress, lookFor } = await watchIdle();
      lookFor(LIMIT_MS, found);
      expect(progress.stuck()).toEqual([]);
      lookFor(1000, found);
      expect(progress.stuck()).toEqual(["sms-telnyx"]);
    },
  );

  test("whatever moves in other queues", async () => {
    const { calls, progress, lookFor } = await watchIdle();
    lookFor(LIMIT_MS + 1000, {}, () => calls.emit("completed", {} as never, undefined, "active"));
    expect(progress.stuck()).toEqual(["sms-telnyx"]);
  });

  test("no more once a job moves", async () => {
    const { sms, progress, lookFor } = await watchIdle();
    lookFor(LIMIT_MS + 1000);
    sms.emit("active", {} as never, "waiting");
    lookFor(1000);
    expect(progress.stuck()).toEqual([]);
  });
});

describe("a queue is not stuck", () => {
  test.each([
    ["nothing waits", { waiting: 0 }],
    ["all that waits is put off", { waiting: 0, delayed: 5 }],
    ["somebody has paused it", { paused: true }],
    ["the carrier's wish for fewer requests holds it back", { limitedMs: 1 }],
    ["its rate is used up, by whatever workers", { takenInWindow: RATE }],
  ])("while %s, and has all the time again after that", async (_why, found) => {
    const { progress, lookFor } = await watchIdle();
    lookFor(10 * LIMIT_MS, found);
    expect(progress.stuck()).toEqual([]);
    lookFor(LIMIT_MS);
    expect(progress.stuck()).toEqual([]);
    lookFor(1000);
    expect(progress.stuck()).toEqual(["sms-telnyx"]);
  });

  test.each(["active", "completed", "failed"] as const)("while jobs move: %s", async (event) => {
    const { sms, progress, lookFor } = await watchIdle();
    lookFor(10 * LIMIT_MS, {}, () => sms.emit(event as "active", {} as never, "waiting"));
    expect(progress.stuck()).toEqual([]);
  });

  test("after an outage, in which nobody could look, and has all the time again", async () => {
    const { progress, lookFor, skip } = await watchIdle();
    lookFor(LIMIT_MS);
    skip(10 * LIMIT_MS);
    lookFor(1000);
    lookFor(LIMIT_MS);
    expect(progress.stuck()).toEqual([]);
    lookFor(1000);
    expect(progress.stuck()).toEqual(["sms-telnyx"]);
  });

  test("where another process serves it", async () => {
    const { progress, lookFor, waits } = await watchIdle();
    lookFor(10 * LIMIT_MS, { waiting: 0 }, () => progress.look([{ ...waits, queue: "receipts" }]));
    expect(progress.stuck()).toEqual([]);
  });
});

test("a worker that takes no jobs is found out by what really waits", async () => {
  const { core, start } = await startBench();
  const redis = connectForWork(core.redisUrl);
  const worker = new Worker("sms-telnyx", async () => undefined, {
    connection: redis,
    prefix: queuePrefix("sms-telnyx"),
    autorun: false,
  });
  await worker.waitUntilReady();
  const progress = watchProgress([worker], { limitMs: 300 });
  const backlog = watchBacklog(redis, {
    intervalMs: 50,
    onLook: (looks) => progress.look(looks),
    onError: (error) => expect.fail(String(error)),
  });
  onTestFinished(async () => {
    backlog.stop();
    await worker.close();
    redis.disconnect();
  });
  await start();
  await expectSoon(() => progress.stuck()).toEqual(["sms-telnyx"]);
  void worker.run();
  await expectSoon(() => progress.stuck()).toEqual([]);
});

test("workers that win no place in a slow rate are of use all the same", async () => {
  const { core, start } = await startBench();
  const redis = connectForWork(core.redisUrl);
  const serve = () =>
    new Worker("sms-telnyx", async () => undefined, {
      connection: redis,
      prefix: queuePrefix("sms-telnyx"),
      limiter: { max: 1, duration: 60_000 },
    });
  const workers = [serve(), serve(), serve()];
  const progress = workers.map((worker) => watchProgress([worker], { limitMs: 100 }));
  let looks = 0;
  const backlog = watchBacklog(redis, {
    intervalMs: 20,
    onLook: (found) => {
      if (found.some(({ waiting, takenInWindow }) => waiting > 0 && takenInWindow > 0)) looks += 1;
      for (const each of progress) each.look(found);
    },
    onError: (error) => expect.fail(String(error)),
  });
  onTestFinished(async () => {
    backlog.stop();
    await Promise.all(workers.map((worker) => worker.close()));
    redis.disconnect();
  });
  await start();
  await start();
  await expectSoon(() => looks).toBeGreaterThan(20);
  expect(progress.flatMap((each) => each.stuck())).toEqual([]);
});

test("a worker whose jobs do not end says that it is of no use any more, and is not healthy", async () => {
  const { promise: never, resolve } = Promise.withResolvers<void>();
  const bench = await startBench();
  const wedged: string[][] = [];
  const worker = await bench.work({
    sender: { send: () => never.then(() => ({ outcome: "failed", reason: "released" })) },
    concurrency: 1,
    wedgedAfterMs: 500,
    onWedged: (queues) => void wedged.push(queues),
  });
  onTestFinished(() => resolve());
  await bench.start();
  await expectSoon(() => bench.queues["sms-telnyx"].getActiveCount()).toBe(1);
  expect(worker.healthy()).toBe(true);
  await bench.start();
  await expectSoon(() => wedged[0]).toEqual(["sms-telnyx"]);
  expect(worker.healthy()).toBe(false);
  resolve();
  await expectSoon(() => worker.healthy()).toBe(true);
});
