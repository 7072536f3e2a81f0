import { readVerification } from "@watchword/otp-core";
import { randomNumberEndingIn } from "@watchword/otp-core/testing";
import { describe, expect, test } from "vitest";
import { expectSoon } from "../testing/soon.fixture.ts";
import { type Bench, type Sent, startBench } from "../testing/worker.fixture.ts";

const RECEIPT_WAIT_SECONDS = 10;

/** Lets the wait for a receipt pass, then runs the job again. */
async function afterTheWait(bench: Bench, sent: Sent) {
  // What a worker still writes to the record must not be written over.
  await bench.until(sent, "delayed");
  await bench.core.age(sent.id, RECEIPT_WAIT_SECONDS);
  await bench.promote(sent);
}

describe("a message whose request was cut off after it was taken", () => {
  test("is uncertain, and is not sent again before a receipt has had its time", async () => {
    const bench = await startBench();
    await bench.work();
    const sent = await bench.start(randomNumberEndingIn("0011"));
    const job = await bench.until(sent, "delayed");
    expect(job.delay).toBe(RECEIPT_WAIT_SECONDS * 1000);
    expect(await bench.delivery(sent)).toMatchObject({ status: "uncertain", error: "connection_lost" });

    await job.promote();
    await expectSoon(async () => (await bench.job(sent)).attemptsMade).toBe(2);
    const again = await bench.until(sent, "delayed");
    expect(again.delay).toBeGreaterThan(9000);
    expect(again.failedReason).toBe("uncertain: waiting for a receipt");
    expect(await bench.texts(sent.to)).toHaveLength(1);
  });

  test("is sent once more after that, with the same code, and never a third time", async () => {
    const bench = await startBench();
    await bench.work();
    const sent = await bench.start(randomNumberEndingIn("0011"));
    await afterTheWait(bench, sent);
    await expectSoon(() => bench.texts(sent.to)).toHaveLength(2);

    await bench.until(sent, "delayed");
    await afterTheWait(bench, sent);
    const job = await bench.until(sent, "completed");
    expect(job.returnvalue).toEqual({ outcome: "done", detail: "uncertain" });
    const texts = await bench.texts(sent.to);
    expect(texts).toHaveLength(2);
    expect(texts[0]).toContain(sent.code);
    expect(texts[1]).toBe(texts[0]);
  });

  test("is not sent again once a receipt says that it arrived", async () => {
    const bench = await startBench();
    await bench.work();
    const sent = await bench.start(randomNumberEndingIn("0005"));
    await bench.until(sent, "delayed");
    await bench.receipt(sent, "delivered");
    await expectSoon(async () => (await bench.delivery(sent)).status).toBe("delivered");
    await afterTheWait(bench, sent);
    const job = await bench.until(sent, "completed");
    expect(job.returnvalue).toEqual({ outcome: "done", detail: "delivered" });
    expect(await bench.texts(sent.to)).toHaveLength(1);
  });

  test("is not sent again once its verification is over", async () => {
    const bench = await startBench();
    await bench.work();
    const sent = await bench.start(randomNumberEndingIn("0005"));
    await bench.until(sent, "delayed");
    await bench.core.age(sent.id, 300);
    await bench.promote(sent);
    const job = await bench.until(sent, "completed");
    expect(job.returnvalue).toEqual({ outcome: "skipped", detail: "expired" });
    expect(await bench.texts(sent.to)).toHaveLength(1);
    expect(await bench.delivery(sent)).toMatchObject({ verification: "expired", status: "uncertain" });
  });

  test("is left alone where its code would be dead by then", async () => {
    const bench = await startBench({ settings: { expirySeconds: 9 } });
    await bench.work();
    const sent = await bench.start(randomNumberEndingIn("0011"));
    const job = await bench.until(sent, "completed");
    expect(job.returnvalue).toEqual({ outcome: "uncertain", detail: "connection_lost" });
    expect(await bench.texts(sent.to)).toHaveLength(1);
  });
});

test("an answer of 500 says nothing: the message is uncertain", async () => {
  const bench = await startBench();
  await bench.work();
  const sent = await bench.start(randomNumberEndingIn("0012"));
  const job = await bench.until(sent, "delayed");
  expect(job.failedReason).toBe("uncertain: carrier_error (HTTP_500)");
  expect(await bench.delivery(sent)).toMatchObject({ status: "uncertain", error: "carrier_error" });
});

test("an answer without a code of the carrier's is named alike in the log, in the job and where it is read", async () => {
  const bench = await startBench();
  await bench.work();
  const sent = await bench.start(randomNumberEndingIn("0012"));
  const job = await bench.until(sent, "delayed");
  const { deliveries } = await readVerification(bench.core, bench.core.application, sent.id);
  expect(deliveries[0]?.attempts).toMatchObject([{ outcome: "uncertain", carrierCode: "HTTP_500" }]);
  expect(bench.log()).toContain('"carrier_code":"HTTP_500"');
  expect(job.failedReason).toContain("(HTTP_500)");
});
