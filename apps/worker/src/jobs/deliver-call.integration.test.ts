import { randomNumber, randomNumberEndingIn } from "@watchword/otp-core/testing";
import { describe, expect, test } from "vitest";
import { expectSoon } from "../testing/soon.fixture.ts";
import { type Bench, type Sent, smsThenCall, startBench } from "../testing/worker.fixture.ts";

const RECEIPT_WAIT_SECONDS = 10;

const startCall = ({ start }: Bench, ending?: string) =>
  start(ending === undefined ? randomNumber() : randomNumberEndingIn(ending), { channel: "call" });
const dials = ({ requests }: Bench) => requests.filter(({ path }) => path === "/calls");

test("a call is dialed once, with a machine to be detected, and reported on under its delivery's own address", async () => {
  const bench = await startBench({ settings: smsThenCall });
  await bench.work();
  const sent = await startCall(bench);
  const job = await bench.until(sent, "completed");
  expect(job.returnvalue).toEqual({ outcome: "sent", detail: expect.stringMatching(/^v3:[\w-]+$/) });
  expect(dials(bench)).toMatchObject([
    {
      body: {
        to: sent.to,
        connection_id: "connection",
        answering_machine_detection: "detect",
        command_id: sent.deliveryId,
        webhook_url: expect.stringMatching(new RegExp(`/webhooks/telnyx/${sent.deliveryId}$`)),
      },
    },
  ]);
  expect(await bench.delivery(sent)).toEqual({ verification: "pending", status: "sent", error: null });
  expect(await bench.calls(sent.to)).toHaveLength(1);
  expect(await bench.texts(sent.to)).toEqual([]);
  await expectSoon(() => new Set(bench.webhooks)).toEqual(new Set([`/webhooks/telnyx/${sent.deliveryId}`]));
});

describe("a dial", () => {
  test.each([
    [{ status: 422, code: "10016" }, "invalid_number (10016)"],
    [{ status: 403 }, "carrier_account (HTTP_403)"],
  ])("that the carrier refuses for good, by %o, ends the delivery with a reason", async (refusal, reason) => {
    const bench = await startBench({ settings: smsThenCall, before: () => refusal });
    await bench.work();
    const sent = await startCall(bench);
    const job = await bench.until(sent, "failed");
    expect(job.failedReason).toBe(`failed: ${reason}`);
    expect(job.attemptsMade).toBe(1);
    const [error] = reason.split(" ");
    expect(await bench.delivery(sent)).toEqual({ verification: "undeliverable", status: "failed", error });
  });

  test("that the carrier refuses for now, with 503, is made again when it takes it", async () => {
    const bench = await startBench({ settings: smsThenCall });
    await bench.work();
    const sent = await startCall(bench, "0007");
    for (let refusals = 1; refusals <= 2; refusals += 1) {
      await expectSoon(async () => (await bench.job(sent)).attemptsMade).toBe(refusals);
      expect((await bench.until(sent, "delayed")).failedReason).toBe("retry: carrier_unavailable (10007)");
      await bench.promote(sent);
    }
    await bench.until(sent, "completed");
    expect(await bench.calls(sent.to)).toHaveLength(1);
  });

  test("refused with 429 is made again after Retry-After, and holds back calls only", async () => {
    const bench = await startBench({ settings: smsThenCall });
    await bench.work();
    const sent = await startCall(bench, "0003");
    await expectSoon(() => bench.delivery(sent)).toMatchObject({ status: "queued", error: "rate_limited" });
    const sms = await bench.start();
    await bench.until(sms, "completed");
    const job = await bench.until(sent, "completed");
    expect(job.attemptsStarted).toBe(3);
    expect(job.attemptsMade).toBe(1);
    expect(await bench.calls(sent.to)).toHaveLength(1);
    const [first, second, third] = dials(bench).map(({ at }) => at) as [number, number, number];
    expect(second - first).toBeGreaterThan(990);
    expect(third - second).toBeGreaterThan(990);
  });

  test.each([
    ["is cut off", "0011", "connection_lost", {}],
    ["never comes", "0004", "timeout", { carrierTimeoutMs: 300 }],
    ["is a page of HTML", "0012", "carrier_error", {}],
  ])("whose answer %s is uncertain, and made no more than once again, as the same order", async (...row) => {
    const [, ending, error, options] = row;
    const bench = await startBench({ settings: smsThenCall, reports: true });
    await bench.work(options);
    const sent = await startCall(bench, ending);
    const job = await bench.until(sent, "delayed");
    expect(job.delay).toBe(RECEIPT_WAIT_SECONDS * 1000);
    expect(await bench.delivery(sent)).toEqual({ verification: "pending", status: "uncertain", error });
    for (let times = 2; times <= 3; times += 1) {
      await bench.until(sent, "delayed");
      await bench.core.age(sent.id, RECEIPT_WAIT_SECONDS);
      await bench.promote(sent);
      await expectSoon(async () => (await bench.job(sent)).attemptsMade).toBe(times);
    }
    expect((await bench.until(sent, "completed")).returnvalue).toEqual({ outcome: "done", detail: "uncertain" });
    expect(dials(bench).map(({ body }) => body["command_id"])).toEqual([sent.deliveryId, sent.deliveryId]);
    // The carrier knows the order: the phone rings once, where it rings at all.
    expect((await bench.calls(sent.to)).length).toBe(ending === "0011" ? 1 : 0);
  });

  test("whose answer is cut off is not made again once its events tell of it", async () => {
    const bench = await startBench({ settings: smsThenCall, reports: true });
    await bench.work();
    const sent = await startCall(bench, "0005");
    await expectSoon(async () => (await bench.delivery(sent)).status).toBe("delivered");
    await bench.until(sent, "delayed");
    await bench.core.age(sent.id, RECEIPT_WAIT_SECONDS);
    await bench.promote(sent);
    expect((await bench.until(sent, "completed")).returnvalue).toEqual({ outcome: "done", detail: "delivered" });
    expect(dials(bench)).toHaveLength(1);
    expect((await bench.calls(sent.to)).map(({ spoken }) => spoken.length)).toEqual([1]);
  });
});

test("a person is not called for a verification that is over", async () => {
  const bench = await startBench({ settings: smsThenCall });
  const sent: Sent = await startCall(bench);
  await bench.core.age(sent.id, 300);
  await bench.work();
  expect((await bench.until(sent, "completed")).returnvalue).toEqual({ outcome: "skipped", detail: "expired" });
  expect(bench.requests).toEqual([]);
});
