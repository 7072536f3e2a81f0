import { cancelVerification, resendVerification } from "@watchword/otp-core";
import { describe, expect, test } from "vitest";
import { distinctNumbers } from "./testing/numbers.fixture.ts";
import { expectSoon } from "./testing/soon.fixture.ts";
import { type Sent, smsThenCall, startBench } from "./testing/worker.fixture.ts";

describe("the carrier's rate", () => {
  test("is kept by all workers together, and holds back nothing of another kind", async () => {
    const bench = await startBench({ settings: smsThenCall });
    const slow = { perSecond: { "sms-telnyx": 0.001 } };
    await Promise.all([bench.work(slow), bench.work(slow)]);
    const messages = await Promise.all(distinctNumbers(6).map((to) => bench.start(to)));
    await expectSoon(() => bench.queues["sms-telnyx"].getCompletedCount()).toBe(1);
    // Both workers have taken jobs since.
    const calls = await Promise.all(distinctNumbers(6).map((to) => bench.start(to, { channel: "call" })));
    for (const call of calls) await bench.until(call, "completed");
    await Promise.all([bench.work(slow), bench.work(slow)]);
    for (const { deliveryId } of calls) await bench.core.queues.escalate(deliveryId, 0);
    await expectSoon(() => bench.queues.escalations.getCompletedCount()).toBe(calls.length);

    expect(bench.requests.filter(({ path }) => path === "/messages")).toHaveLength(1);
    expect(await bench.queues["sms-telnyx"].getWaitingCount()).toBe(messages.length - 1);
  });

  test("is not used up by what is dead: that gives its place back", async () => {
    const bench = await startBench();
    const sent = await Promise.all(distinctNumbers(8).map((to) => bench.start(to)));
    const [alive, behind] = sent.splice(-2) as [Sent, Sent];
    for (const { id } of sent) await cancelVerification(bench.core, bench.core.application, id);
    await bench.work({ perSecond: { "sms-telnyx": 0.001 } });
    for (const dead of sent) await bench.until(dead, "completed");
    await bench.until(alive, "completed");

    expect(bench.requests.map(({ body }) => body["to"])).toEqual([alive.to]);
    expect(await (await bench.job(behind)).getState()).toBe("waiting");
  });

  test("that is raised holds from the worker's start, not from the end of a window of the former one", async () => {
    const bench = await startBench();
    await bench.core.redis.set(bench.queues["sms-telnyx"].toKey("limiter"), "9", "PX", 600_000);
    await bench.work({ perSecond: { "sms-telnyx": 50 } });
    const sent = await bench.start();
    await bench.until(sent, "completed");
    expect(await bench.texts(sent.to)).toHaveLength(1);
  });

  test("lets through what it allows, at no time more", async () => {
    const bench = await startBench();
    const perSecond = { "sms-telnyx": 30 };
    await Promise.all([bench.work({ perSecond }), bench.work({ perSecond })]);
    const messages = await Promise.all(distinctNumbers(18).map((to) => bench.start(to)));
    for (const sent of messages) await bench.until(sent, "completed");
    const times = bench.requests.map(({ at }) => at).toSorted((a, b) => a - b);
    expect(times).toHaveLength(18);
    // Three at a time, every tenth of a second.
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(450);
  });
});

test("who asks for the first time goes before who asks again, in the order of asking", async () => {
  const bench = await startBench({ settings: smsThenCall });
  const served = await bench.work();
  const [again, ...numbers] = distinctNumbers(4) as [string, string, string, string];
  const sent = await bench.start(again);
  await bench.until(sent, "completed");
  await served.close();
  bench.requests.length = 0;

  await bench.core.age(sent.id, 30);
  await resendVerification(bench.core, bench.core.application, sent.id, "sms");
  for (const to of numbers) await bench.start(to);
  await bench.work({ concurrency: 1 });
  await bench.until(bench.nth(sent, 2), "completed");
  expect(bench.requests.map(({ body }) => body["to"])).toEqual([...numbers, again]);
});
