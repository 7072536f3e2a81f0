import { randomBytes } from "node:crypto";
import { readVerification, startVerification } from "@watchword/otp-core";
import {
  createTestCore,
  randomNumber,
  redisServerBinary,
  startProxy,
  startRedisServer,
} from "@watchword/otp-core/testing";
import { queueNames } from "@watchword/otp-core/queue";
import { expect, onTestFinished, test } from "vitest";
import { distinctNumbers } from "./testing/numbers.fixture.ts";
import { expectSoon } from "./testing/soon.fixture.ts";
import { startBench } from "./testing/worker.fixture.ts";
import { runWorker } from "./testing/worker-process.fixture.ts";

/** To start a process on a slow machine. */
const START_MS = 60_000;

test(
  "a worker that is to serve a queue that does not exist ends with a report that names it",
  async () => {
    const worker = runWorker({ WORKER_QUEUES: "sms-telnyx,fax-telnyx,receits" });
    expect(await worker.ended).toBe(1);
    const [heading, problem, ...rest] = worker.errors().trim().split("\n");
    expect(heading).toBe("The configuration is not usable:");
    expect(problem).toBe(`  WORKER_QUEUES names fax-telnyx, receits; there are ${queueNames.join(", ")}`);
    expect(rest).toEqual(["Every setting is described in .env.example."]);
    expect(worker.log()).toBe("");
  },
  START_MS,
);

test(
  "a worker that is told to stop ends what it is sending, exits with 0 and leaves the rest to others",
  async () => {
    const key = randomBytes(32);
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    onTestFinished(() => answer());
    const bench = await startBench({ applicationId: "default", secrets: [{ kid: "own", key }], after: () => answered });
    const messages = await Promise.all(distinctNumbers(8).map((to) => bench.start(to)));
    const worker = runWorker({
      REDIS_URL: bench.core.redisUrl,
      WATCHWORD_SECRETS: `own:${key.toString("base64")}`,
      TELNYX_BASE_URL: bench.baseUrl,
      PUBLIC_URL: bench.publicUrl,
      WORKER_CONCURRENCY: "3",
    });
    await expectSoon(() => [bench.requests.length, worker.errors()], START_MS).toEqual([3, ""]);
    worker.kill("SIGTERM");
    await expectSoon(worker.log).toContain('"msg":"stopping"');
    answer();
    expect(await worker.ended, worker.log()).toBe(0);
    expect(worker.log()).toContain('"msg":"stopped"');
    expect(bench.requests).toHaveLength(3);
    expect(await bench.queues["sms-telnyx"].getCompletedCount()).toBe(3);
    expect(await bench.queues["sms-telnyx"].getWaitingCount()).toBe(5);

    await bench.work();
    for (const sent of messages) {
      await bench.until(sent, "completed");
      expect(await bench.texts(sent.to)).toEqual([expect.stringContaining(sent.code)]);
    }
  },
  2 * START_MS,
);

test(
  "a worker that is told to stop while Redis is away exits with 0 within its grace, says what it leaves, and loses nothing",
  async () => {
    const key = randomBytes(32);
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    onTestFinished(() => answer());
    const bench = await startBench({ applicationId: "default", secrets: [{ kid: "own", key }], after: () => answered });
    const proxy = await startProxy(bench.core.redisUrl);
    onTestFinished(() => proxy.close());
    const sent = await bench.start();
    const worker = runWorker({
      REDIS_URL: proxy.url,
      WATCHWORD_SECRETS: `own:${key.toString("base64")}`,
      TELNYX_BASE_URL: bench.baseUrl,
      PUBLIC_URL: bench.publicUrl,
    });
    await expectSoon(() => [bench.requests.length, worker.errors()], START_MS).toEqual([1, ""]);
    await proxy.cut();
    answer();
    const toldAt = performance.now();
    worker.kill("SIGTERM");
    expect(await worker.ended, worker.log()).toBe(0);
    // Above the grace period, by what a slow machine takes for the end of a process.
    expect(performance.now() - toldAt).toBeLessThan(10_000);
    expect(worker.log()).toContain('"jobs":1,"msg":"Redis is away: the jobs at hand are left to be taken over');
    expect(worker.log()).not.toContain('"level":60');

    await bench.core.redis.del(`${bench.queues["sms-telnyx"].toKey(sent.deliveryId)}:lock`);
    await bench.work();
    await bench.until(sent, "delayed");
    expect(await bench.delivery(sent)).toEqual({ verification: "pending", status: "uncertain", error: "interrupted" });
    expect(await bench.texts(sent.to)).toHaveLength(1);
  },
  2 * START_MS,
);

test.skipIf(!redisServerBinary)(
  "in production a worker takes no job from a Redis that may drop them",
  async () => {
    const redis = await startRedisServer({ lines: ["maxmemory-policy allkeys-lru"] });
    onTestFinished(() => redis.close());
    const redisUrl = `redis://127.0.0.1:${redis.port}`;
    const core = await createTestCore({ applicationId: "default", redisUrl });
    const { verification } = await startVerification(core, core.application, { to: randomNumber() });
    const worker = runWorker({
      WATCHWORD_ENV: "production",
      REDIS_URL: redisUrl,
      WATCHWORD_SECRETS: `own:${randomBytes(32).toString("base64")}`,
      TELNYX_API_KEY: "KEY_of_the_tests",
      TELNYX_PHONE_NUMBER: "+14155550100",
      PUBLIC_URL: "https://verify.example.com",
      ALLOWED_COUNTRIES: "US",
    });
    expect(await worker.ended, worker.errors()).toBe(1);
    expect(worker.log()).toContain("maxmemory-policy allkeys-lru");
    expect(worker.log()).not.toContain("worker ready");
    expect(await redis.call("LLEN", "ww:{sms-telnyx}:sms-telnyx:wait")).toBe(1);
    const { deliveries } = await readVerification(core, core.application, verification.id);
    expect(deliveries).toMatchObject([{ status: "queued", attempts: [] }]);
    await core.close();
  },
  START_MS,
);
