import { startProxy } from "@watchword/otp-core/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { distinctNumbers } from "./testing/numbers.fixture.ts";
import { expectSoon } from "./testing/soon.fixture.ts";
import { type BenchOptions, smsThenCall, startBench } from "./testing/worker.fixture.ts";

/** A carrier that takes requests and answers none before it is told to. */
async function startHolding(options: BenchOptions = {}) {
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  // A test that failed must not leave a worker waiting for ever.
  onTestFinished(() => answer());
  return { bench: await startBench({ ...options, after: () => answered }), answer };
}

describe("a worker that stops", () => {
  test("ends what it is sending, takes nothing more, and leaves the rest to another, each sent once", async () => {
    const { bench, answer } = await startHolding();
    const worker = await bench.work({ concurrency: 5 });
    const messages = await Promise.all(distinctNumbers(12).map((to) => bench.start(to)));
    await expectSoon(() => bench.requests).toHaveLength(5);
    const closing = worker.close();
    // What comes now is not for it any more.
    await bench.core.queues.escalate(`dl_${"A".repeat(32)}_1`, 0);
    answer();
    await closing;
    const states = async () =>
      (await Promise.all(messages.map(async (sent) => (await bench.job(sent)).getState()))).toSorted();
    expect(await states()).toEqual([...Array(5).fill("completed"), ...Array(7).fill("waiting")]);
    expect(bench.requests).toHaveLength(5);
    expect(await bench.queues.escalations.getCompletedCount()).toBe(0);

    await bench.work();
    for (const sent of messages) {
      await bench.until(sent, "completed");
      expect(await bench.texts(sent.to)).toEqual([expect.stringContaining(sent.code)]);
    }
  });

  test("while it speaks to a person ends that, and another goes on with the call", async () => {
    const { bench, answer } = await startHolding({ reports: true, settings: smsThenCall });
    const first = await bench.work({ queues: ["call-events"] });
    const dialing = await bench.work({ queues: ["call-telnyx"] });
    const sent = await bench.start(undefined, { channel: "call" });
    await expectSoon(async () => (await bench.calls(sent.to))[0]?.spoken.length).toBe(1);
    const closing = Promise.all([first.close(), dialing.close()]);
    answer();
    await closing;
    await bench.work();
    await expectSoon(async () => (await bench.calls(sent.to)).map(({ status }) => status)).toEqual(["completed"]);
    expect((await bench.calls(sent.to)).map(({ spoken }) => spoken.length)).toEqual([1]);
    await expectSoon(async () => (await bench.delivery(sent)).status).toBe("delivered");
  });

  test("while nothing goes on is gone at once, also while its queue is paused by the carrier", async () => {
    const bench = await startBench({ before: () => ({ status: 429, retryAfter: "60" }) });
    const worker = await bench.work();
    const sent = await bench.start();
    await expectSoon(() => bench.delivery(sent)).toMatchObject({ error: "rate_limited" });
    await bench.until(sent, "waiting");
    await worker.close();
    expect(worker.healthy()).toBe(false);
    expect(await (await bench.job(sent)).getState()).toBe("waiting");
  });

  test("while nothing goes on and Redis is away is gone at once", async () => {
    const bench = await startBench();
    const proxy = await startProxy(bench.core.redisUrl);
    onTestFinished(() => proxy.close());
    const worker = await bench.work({ redisUrl: proxy.url });
    await proxy.cut();
    await expectSoon(() => worker.healthy()).toBe(false);
    await worker.close();
  });
});

describe.each(["cut", "hang"] as const)("a worker that stops while it sends and Redis is away (%s)", (outage) => {
  test("leaves its job behind, begun as its record says, and logs that", async () => {
    const { bench, answer } = await startHolding();
    const proxy = await startProxy(bench.core.redisUrl);
    onTestFinished(() => proxy.close());
    const worker = await bench.work({ redisUrl: proxy.url, queues: ["sms-telnyx"], letGoAfterMs: 200 });
    const sent = await bench.start();
    await expectSoon(() => bench.texts(sent.to)).toHaveLength(1);
    await proxy[outage]();
    answer();
    await worker.close();
    expect(bench.log()).toContain("Redis is away: the jobs at hand are left to be taken over");
    expect(await (await bench.job(sent)).getState()).toBe("active");
    expect(await bench.delivery(sent)).toMatchObject({ status: "sending" });
  });

  test("ends as ever where Redis comes back in time", async () => {
    const { bench, answer } = await startHolding();
    const proxy = await startProxy(bench.core.redisUrl);
    onTestFinished(() => proxy.close());
    const worker = await bench.work({ redisUrl: proxy.url, queues: ["sms-telnyx"], letGoAfterMs: 60_000 });
    const sent = await bench.start();
    await expectSoon(() => bench.texts(sent.to)).toHaveLength(1);
    await proxy[outage]();
    answer();
    const closing = worker.close();
    await proxy.restore();
    await closing;
    expect(await (await bench.job(sent)).getState()).toBe("completed");
    expect(bench.log()).not.toContain("Redis is away");
  });
});

describe("a worker that is cut off in the middle of a request", () => {
  test("has its job taken over: uncertain, and sent no more than once again; then it goes on as ever", async () => {
    const { bench, answer } = await startHolding();
    const proxy = await startProxy(bench.core.redisUrl);
    onTestFinished(() => proxy.close());
    const queues = ["sms-telnyx"] as const;
    await bench.work({ redisUrl: proxy.url, queues });
    const sent = await bench.start();
    await expectSoon(() => bench.texts(sent.to)).toHaveLength(1);
    await proxy.cut();
    // Its lock on the job runs out after 10 s.
    await bench.core.redis.del(`${bench.queues["sms-telnyx"].toKey(sent.deliveryId)}:lock`);

    const other = await bench.work({ queues });
    const taken = await bench.until(sent, "delayed");
    expect(taken.failedReason).toBe("uncertain: waiting for a receipt");
    expect(taken.delay).toBeGreaterThan(5000);
    expect(bench.log()).toContain("taken over from a worker that is gone");
    expect(await bench.delivery(sent)).toEqual({ verification: "pending", status: "uncertain", error: "interrupted" });
    expect(await bench.texts(sent.to)).toHaveLength(1);

    await bench.core.age(sent.id, 10);
    answer();
    await bench.promote(sent);
    await bench.until(sent, "completed");
    await other.close();
    await proxy.restore();
    const next = await bench.start();
    await bench.until(next, "completed");
    const texts = await bench.texts(sent.to);
    expect(texts).toHaveLength(2);
    expect(texts[1]).toBe(texts[0]);
    expect(await bench.delivery(sent)).toMatchObject({ verification: "pending", status: "sent" });
    expect(await bench.texts(next.to)).toHaveLength(1);
  });
});
