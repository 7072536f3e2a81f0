import { describe, expect, test } from "vitest";
import { expectSoon } from "../testing/soon.fixture.ts";
import { type Bench, type Sent, smsThenCall, startBench } from "../testing/worker.fixture.ts";

const pausedMs = ({ queues, core }: Bench, queue: "sms-telnyx" | "call-telnyx" = "sms-telnyx") =>
  core.redis.pttl(queues[queue].toKey("limiter"));

/** Waits until the carrier has refused the message and its job stands in the queue again. */
async function expectLimited(bench: Bench, sent: Sent): Promise<void> {
  await expectSoon(() => bench.delivery(sent)).toMatchObject({ status: "queued", error: "rate_limited" });
  await bench.until(sent, "waiting");
}

/** What follows the pause, without waiting for it. */
const endPause = ({ queues }: Bench) => queues["sms-telnyx"].removeRateLimitKey();

describe("a carrier that answers 429", () => {
  test("is asked for nothing more of that kind before Retry-After, by any worker, while all else goes on", async () => {
    const bench = await startBench({
      settings: smsThenCall,
      before: ({ path }, nth) => (path === "/messages" && nth === 2 ? { status: 429, retryAfter: "60" } : undefined),
    });
    await bench.work();
    const earlier = await bench.start();
    await bench.until(earlier, "completed");
    const limited = await bench.start();
    await expectLimited(bench, limited);
    expect(await pausedMs(bench)).toBeGreaterThan(30_000);
    expect(await pausedMs(bench)).toBeLessThanOrEqual(60_000);
    expect(await pausedMs(bench, "call-telnyx")).toBeLessThan(1000);

    await bench.work();
    const behind = await bench.start();
    const called = await bench.start(undefined, { channel: "call" });
    await bench.until(called, "completed");
    await bench.receipt(earlier, "delivered");
    await expectSoon(async () => (await bench.delivery(earlier)).status).toBe("delivered");
    for (const sent of [limited, behind]) {
      expect(await (await bench.job(sent)).getState()).toBe("waiting");
      expect((await bench.job(sent)).attemptsMade).toBe(0);
      expect(await bench.texts(sent.to)).toEqual([]);
    }
    expect(bench.requests.map(({ path }) => path)).toEqual(["/messages", "/messages", "/calls"]);

    await endPause(bench);
    for (const sent of [limited, behind]) {
      const job = await bench.until(sent, "completed");
      expect(job.attemptsMade).toBe(1);
      expect(await bench.texts(sent.to)).toEqual([expect.stringContaining(sent.code)]);
    }
  });

  test("is asked again after Retry-After, not before", async () => {
    const bench = await startBench({
      before: (_request, nth) => (nth === 1 ? { status: 429, retryAfter: "1" } : undefined),
    });
    await bench.work();
    const sent = await bench.start();
    await bench.until(sent, "completed");
    const [refused, taken] = bench.requests.map(({ at }) => at) as [number, number];
    expect(bench.requests).toHaveLength(2);
    expect(taken - refused).toBeGreaterThan(990);
  });

  test.each([
    ["no Retry-After", {}],
    ["Retry-After 0", { retryAfter: "0" }],
    ["a Retry-After that is past", { retryAfter: "Wed, 21 Oct 2015 07:28:00 GMT" }],
  ])("with %s is left alone for a moment, which uses up no attempt of the job either", async (_what, fields) => {
    const bench = await startBench({
      before: (_request, nth) => (nth === 1 ? { status: 429, ...fields } : undefined),
    });
    await bench.work();
    const sent = await bench.start();
    const job = await bench.until(sent, "completed");
    expect([job.attemptsStarted, job.attemptsMade]).toEqual([2, 1]);
    expect(await bench.texts(sent.to)).toHaveLength(1);
    expect(bench.log()).not.toContain('"level":50');
  });

  test("is kept waiting as long as it asked, although another answer asks for less", async () => {
    const { promise: firstIsHeeded, resolve } = Promise.withResolvers<void>();
    const { promise: bothAreThere, resolve: secondIsThere } = Promise.withResolvers<void>();
    const bench = await startBench({
      async before(_request, nth) {
        if (nth === 1) {
          await bothAreThere;
          return { status: 429, retryAfter: "60" };
        }
        secondIsThere();
        await firstIsHeeded;
        return { status: 429, retryAfter: "1" };
      },
    });
    await bench.work();
    const both = [await bench.start(), await bench.start()];
    await expectSoon(() => pausedMs(bench)).toBeGreaterThan(30_000);
    resolve();
    for (const sent of both) await expectLimited(bench, sent);
    expect(await pausedMs(bench)).toBeGreaterThan(30_000);
  });

  test("gets no message whose code has died in the meantime", async () => {
    const bench = await startBench({ before: () => ({ status: 429, retryAfter: "60" }) });
    await bench.work();
    const limited = await bench.start();
    await expectLimited(bench, limited);
    const behind = await bench.start();
    for (const sent of [limited, behind]) await bench.core.age(sent.id, 300);
    await endPause(bench);
    for (const sent of [limited, behind]) {
      const job = await bench.until(sent, "completed");
      expect(job.returnvalue).toEqual({ outcome: "skipped", detail: "expired" });
    }
    expect(bench.requests).toHaveLength(1);
  });

  test.each([
    ["a day", "86400"],
    ["more seconds than there are", "9".repeat(30)],
    ["the end of the century", "Thu, 20 Nov 2098 12:00:00 GMT"],
  ])(
    "with %s holds its queue for five minutes, which is logged, and is asked again then",
    async (_what, retryAfter) => {
      const bench = await startBench({
        settings: { expirySeconds: 900 },
        before: (_request, nth) => (nth === 1 ? { status: 429, retryAfter } : undefined),
      });
      await bench.work();
      const sent = await bench.start();
      await expectLimited(bench, sent);
      expect(await pausedMs(bench)).toBeGreaterThan(250_000);
      expect(await pausedMs(bench)).toBeLessThanOrEqual(300_000);
      expect(bench.log()).toContain("the carrier wants to be left alone for longer than that is done");
      await endPause(bench);
      await bench.until(sent, "completed");
      expect(await bench.texts(sent.to)).toHaveLength(1);
    },
  );

  test.each([["-5"], ["1.5"], ["soon"]])("and Retry-After %j counts as if it said nothing", async (retryAfter) => {
    const bench = await startBench({
      before: (_request, nth) => (nth === 1 ? { status: 429, retryAfter } : undefined),
    });
    await bench.work();
    const sent = await bench.start();
    await bench.until(sent, "completed");
    expect(bench.requests).toHaveLength(2);
    expect(bench.log()).not.toContain('"level":50');
  });

  test("for longer than the code lives is not waited for: the person is called at once", async () => {
    const bench = await startBench({
      settings: smsThenCall,
      before: ({ path }) => (path === "/messages" ? { status: 429, retryAfter: "301" } : undefined),
    });
    await bench.work();
    const sent = await bench.start();
    await bench.until(bench.nth(sent, 2), "completed");
    expect((await bench.until(sent, "failed")).failedReason).toBe("failed: rate_limited (HTTP_429)");
    expect(await bench.calls(sent.to)).toHaveLength(1);
  });
});
