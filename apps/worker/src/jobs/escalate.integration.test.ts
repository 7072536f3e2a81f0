import { cancelVerification, checkVerification, resendVerification } from "@watchword/otp-core";
import { queueNames } from "@watchword/otp-core/queue";
import { randomNumber, randomNumberEndingIn } from "@watchword/otp-core/testing";
import { describe, expect, test } from "vitest";
import { asSpoken } from "../testing/carrier.fixture.ts";
import { endPatience, results } from "../testing/queues.fixture.ts";
import { expectSoon } from "../testing/soon.fixture.ts";
import { type Bench, type BenchOptions, type Sent, smsThenCall, startBench } from "../testing/worker.fixture.ts";

const startFalling = (options: BenchOptions = {}) =>
  startBench({ reports: true, ...options, settings: { ...smsThenCall, ...options.settings } });

/** Lets the patience with the delivery run out. */
const patienceEnds = ({ queues }: Bench, { deliveryId }: Sent) => endPatience(queues, deliveryId);

/** Waits until the patience has run out and nothing came of it. */
async function expectNoCall(bench: Bench, sent: Sent): Promise<void> {
  await expectSoon(() => results(bench.queues.escalations)).toEqual([{ outcome: "unneeded" }]);
  expect(await bench.deliveries(sent)).toHaveLength(1);
  expect(await bench.queues["call-telnyx"].getJobCountByTypes()).toBe(0);
  expect(await bench.calls(sent.to)).toEqual([]);
}

async function expectCalledAfterSms(bench: Bench, sent: Sent, sms: string): Promise<void> {
  await expectSoon(async () => (await bench.deliveries(sent)).map(({ channel, status }) => [channel, status])).toEqual([
    ["sms", sms],
    ["call", "delivered"],
  ]);
  const calls = await bench.calls(sent.to);
  expect(calls).toHaveLength(1);
  expect(calls[0]?.spoken[0]).toContain(asSpoken(sent.code));
}

describe("a person is called at once", () => {
  test.each([
    ["that the carrier refuses for good", "0006", "failed"],
    ["that the carrier takes and cannot deliver", "0001", "undelivered"],
  ])("after an SMS %s, with the same code, once", async (_what, ending, status) => {
    const bench = await startFalling();
    await bench.work();
    const sent = await bench.start(randomNumberEndingIn(ending));
    await expectCalledAfterSms(bench, sent, status);
    // The patience had not run out.
    expect(await bench.queues.escalations.getJobState(sent.deliveryId)).toBe("delayed");
    await patienceEnds(bench, sent);
    await expectSoon(() => bench.queues.escalations.getCompletedCount()).toBeGreaterThan(0);
    expect((await results(bench.queues.escalations))[0]).toEqual({ outcome: "unneeded" });
    expect(await bench.calls(sent.to)).toHaveLength(1);
  });

  test("on a landline, and gets no SMS", async () => {
    const bench = await startFalling();
    await bench.work();
    const sent = await bench.start("+493012345678");
    await expectSoon(() => bench.deliveries(sent)).toEqual([{ channel: "call", status: "delivered", error: null }]);
    expect(await bench.texts(sent.to)).toEqual([]);
    expect(await bench.calls(sent.to)).toHaveLength(1);
  });

  test("where the call is the first channel, and gets no SMS whatever becomes of it", async () => {
    const bench = await startFalling();
    await bench.work();
    const sent = await bench.start(randomNumberEndingIn("0010"), { channel: "call" });
    await expectSoon(() => bench.deliveries(sent)).toEqual([{ channel: "call", status: "undelivered", error: "busy" }]);
    expect(await bench.delivery(sent)).toMatchObject({ verification: "undeliverable" });
    expect(await bench.texts(sent.to)).toEqual([]);
    expect(await bench.queues.escalations.getJobCountByTypes()).toBe(0);
  });

  test("on asking for the code once more by call, although the SMS was delivered", async () => {
    const bench = await startFalling();
    await bench.work();
    const sent = await bench.start();
    await expectSoon(async () => (await bench.delivery(sent)).status).toBe("delivered");
    await bench.core.age(sent.id, 30);
    await resendVerification(bench.core, bench.core.application, sent.id, "call");
    await expectCalledAfterSms(bench, sent, "delivered");
    // It was the workflow's own call, too: none follows.
    await patienceEnds(bench, sent);
    await expectSoon(() => results(bench.queues.escalations)).toEqual([{ outcome: "unneeded" }]);
    expect(await bench.deliveries(sent)).toHaveLength(2);
  });
});

describe("an SMS without a receipt", () => {
  test("leads to a call after the patience, and not before", async () => {
    const bench = await startFalling();
    await bench.work();
    const sent = await bench.start(randomNumberEndingIn("0002"));
    await bench.until(sent, "completed");
    const escalation = await bench.queues.escalations.getJob(sent.deliveryId);
    expect(escalation?.delay).toBe(30_000);
    expect(await escalation?.getState()).toBe("delayed");
    expect(await bench.queues["call-telnyx"].getJobCountByTypes()).toBe(0);
    expect(await bench.delivery(sent)).toMatchObject({ status: "sent" });

    await patienceEnds(bench, sent);
    await expectCalledAfterSms(bench, sent, "sent");
    expect(await results(bench.queues.escalations)).toEqual([{ outcome: "escalated" }]);
    expect(await bench.texts(sent.to)).toHaveLength(1);
  });

  test("whose fate is not even known leads to a call after the patience, too", async () => {
    const bench = await startFalling({ after: ({ path }) => (path === "/messages" ? "lost" : undefined) });
    await bench.work();
    const sent = await bench.start(randomNumberEndingIn("0002"));
    await bench.until(sent, "delayed");
    await patienceEnds(bench, sent);
    await expectCalledAfterSms(bench, sent, "uncertain");
  });

  test("leads to no call where none is wanted, nor does one that is refused", async () => {
    const bench = await startFalling();
    await bench.work();
    const sent = await bench.start(randomNumberEndingIn("0002"), { fallback: "none" });
    await bench.until(sent, "completed");
    expect(await bench.queues.escalations.getJobCountByTypes()).toBe(0);
    const refused = await bench.start(randomNumberEndingIn("0006"), { fallback: "none" });
    await bench.until(refused, "failed");
    expect(await bench.delivery(refused)).toMatchObject({ verification: "undeliverable" });
    expect(await bench.queues["call-telnyx"].getJobCountByTypes()).toBe(0);
  });
});

describe("a receipt that came in time and that nobody has served", () => {
  const others = queueNames.filter((name) => name !== "receipts");

  test("of a delivered SMS keeps its person from being called", async () => {
    const bench = await startFalling();
    await bench.work({ queues: others });
    const sent = await bench.start();
    await bench.until(sent, "completed");
    await expectSoon(() => bench.queues.receipts.getWaitingCount()).toBe(2);
    await patienceEnds(bench, sent);
    await expectSoon(async () => (await bench.queues.escalations.getJob(sent.deliveryId))?.data).toHaveProperty(
      "after",
    );
    await bench.work({ queues: ["receipts"] });
    await expectNoCall(bench, sent);
    expect((await bench.queues.escalations.getJob(sent.deliveryId))?.attemptsMade).toBe(1);
  });

  test("of somebody else holds the call back until it is served", async () => {
    const bench = await startFalling();
    await bench.work({ queues: others });
    const other = await bench.start();
    const sent = await bench.start(randomNumberEndingIn("0002"));
    await Promise.all([other, sent].map((each) => bench.until(each, "completed")));
    await expectSoon(() => bench.queues.receipts.getWaitingCount()).toBe(2);
    await bench.queues.receipts.pause();
    await patienceEnds(bench, sent);
    await expectSoon(async () => (await bench.queues.escalations.getJob(sent.deliveryId))?.data).toHaveProperty(
      "after",
    );
    expect(await bench.deliveries(sent)).toHaveLength(1);
    await bench.queues.receipts.resume();
    await bench.work({ queues: ["receipts"] });
    await expectCalledAfterSms(bench, sent, "sent");
  });
});

test("a worker whose clock is fast calls nobody before the patience is over", async () => {
  const bench = await startFalling();
  await bench.work();
  const sent = await bench.start(randomNumberEndingIn("0002"));
  const { escalations } = bench.queues;
  await expectSoon(() => escalations.getJobState(sent.deliveryId)).toBe("delayed");
  // A fast clock takes what is put off as if it were due.
  await (await escalations.getJob(sent.deliveryId))?.promote();
  await expectSoon(async () => (await escalations.getJob(sent.deliveryId))?.failedReason).toBe("taken early");
  await expectSoon(() => escalations.getJobState(sent.deliveryId)).toBe("delayed");
  const again = await escalations.getJob(sent.deliveryId);
  expect(again?.delay).toBeGreaterThan(10_000);
  expect(again?.delay).toBeLessThanOrEqual(30_000);
  expect(await bench.deliveries(sent)).toHaveLength(1);
  await patienceEnds(bench, sent);
  await expectCalledAfterSms(bench, sent, "sent");
});

describe("nobody is called", () => {
  test("after a delivered SMS", async () => {
    const bench = await startFalling();
    await bench.work();
    const sent = await bench.start();
    await expectSoon(async () => (await bench.delivery(sent)).status).toBe("delivered");
    await patienceEnds(bench, sent);
    await expectNoCall(bench, sent);
  });

  test("after an SMS that is delivered while the call waits", async () => {
    const bench = await startFalling();
    const worker = await bench.work({ queues: ["sms-telnyx", "escalations", "receipts"] });
    const sent = await bench.start(randomNumberEndingIn("0002"));
    await bench.until(sent, "completed");
    await patienceEnds(bench, sent);
    const call = bench.nth(sent, 2);
    await bench.until(call, "waiting");
    await bench.receipt(sent, "delivered");
    await expectSoon(async () => (await bench.delivery(sent)).status).toBe("delivered");
    await worker.close();
    await bench.work();
    expect((await bench.until(call, "completed")).returnvalue).toEqual({ outcome: "skipped", detail: "delivered" });
    expect(await bench.calls(sent.to)).toEqual([]);
  });

  test.each(["approved", "canceled"] as const)("after the verification was %s", async (how) => {
    const bench = await startFalling();
    await bench.work();
    const sent = await bench.start(randomNumberEndingIn("0002"));
    await bench.until(sent, "completed");
    if (how === "approved") await checkVerification(bench.core, bench.core.application, sent.id, sent.code);
    else await cancelVerification(bench.core, bench.core.application, sent.id);
    await patienceEnds(bench, sent);
    await expectNoCall(bench, sent);
  });

  test.each(["approved", "canceled"] as const)("after the verification was %s while the call waited", async (how) => {
    const bench = await startFalling();
    await bench.work({ queues: ["sms-telnyx"] });
    const sent = await bench.start(randomNumberEndingIn("0006"));
    const call = bench.nth(sent, 2);
    await bench.until(call, "waiting");
    if (how === "approved") await checkVerification(bench.core, bench.core.application, sent.id, sent.code);
    else await cancelVerification(bench.core, bench.core.application, sent.id);
    await bench.work({ queues: ["call-telnyx"] });
    expect((await bench.until(call, "completed")).returnvalue).toEqual({ outcome: "skipped", detail: how });
    expect(await bench.calls(sent.to)).toEqual([]);
  });

  test("for a verification that has been forgotten", async () => {
    const bench = await startFalling();
    await bench.work();
    await bench.core.queues.escalate(`dl_${"A".repeat(32)}_1`, 0);
    await expectSoon(() => results(bench.queues.escalations)).toEqual([{ outcome: "forgotten" }]);
  });
});

test("a verification that neither SMS nor call can reach is undeliverable", async () => {
  const bench = await startFalling({
    before: ({ path }) => (path === "/messages" ? { status: 400, code: "40310" } : undefined),
  });
  await bench.work();
  const sent = await bench.start(randomNumberEndingIn("0013"));
  await expectSoon(() => bench.deliveries(sent)).toEqual([
    { channel: "sms", status: "failed", error: "invalid_number" },
    { channel: "call", status: "undelivered", error: "no_answer" },
  ]);
  expect(await bench.delivery(sent)).toMatchObject({ verification: "undeliverable" });
});

test("where no voice is set up the queues of calls are not served, and SMS go on as ever", async () => {
  const bench = await startBench({ reports: true });
  const worker = await bench.work({ caller: undefined });
  expect(worker.queues).toEqual(["sms-telnyx", "receipts", "escalations", "notifications"]);
  const sent = await bench.start(randomNumber());
  const refused = await bench.start(randomNumberEndingIn("0006"));
  // The API may already have been told of a connection that this worker does not know.
  await bench.core.queues.add("call-telnyx", bench.nth(sent, 2).deliveryId);
  await expectSoon(async () => (await bench.delivery(sent)).status).toBe("delivered");
  await expectSoon(async () => (await bench.delivery(refused)).verification).toBe("undeliverable");
  expect(await bench.queues["call-telnyx"].getPrioritizedCount()).toBe(1);
  expect(bench.requests.filter(({ path }) => path === "/calls")).toEqual([]);
  expect(worker.healthy()).toBe(true);
  expect(bench.log()).not.toContain('"level":50');
});

test("a person whose workflow begins with a call is called first, and gets an SMS where that comes to nothing", async () => {
  const bench = await startFalling({ settings: { workflow: smsThenCall.workflow.toReversed() } });
  await bench.work();
  const sent = await bench.start(randomNumberEndingIn("0010"));
  await expectSoon(() => bench.deliveries(sent)).toEqual([
    { channel: "call", status: "undelivered", error: "busy" },
    { channel: "sms", status: "delivered", error: null },
  ]);
  expect(await bench.calls(sent.to)).toHaveLength(1);
  expect(await bench.texts(sent.to)).toHaveLength(1);
});
