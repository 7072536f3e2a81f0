import { randomNumber } from "@watchword/otp-core/testing";
import { expect, test } from "vitest";
import { results } from "../testing/queues.fixture.ts";
import { expectSoon } from "../testing/soon.fixture.ts";
import { startBench } from "../testing/worker.fixture.ts";

test("a delivery only moves forward, whatever the order and the repetition of its receipts", async () => {
  const { work, start, until, delivery, receipt, queues } = await startBench();
  await work();
  const sent = await start();
  await until(sent, "completed");
  await receipt(sent, "delivered");
  await expectSoon(() => results(queues.receipts)).toEqual([{ outcome: "applied" }]);
  for (const status of ["sent", "delivered", "undelivered", "unconfirmed"] as const) await receipt(sent, status);
  await expectSoon(() => results(queues.receipts)).toHaveLength(5);
  expect((await results(queues.receipts)).slice(1)).toEqual(Array.from({ length: 4 }, () => ({ outcome: "ignored" })));
  expect(await delivery(sent)).toEqual({ verification: "pending", status: "delivered", error: null });
});

test("a receipt that overtakes the answer to its own request stands, and the message is not sent again", async () => {
  const { work, start, until, texts, delivery, receipt } = await startBench({ latencyMs: 200 });
  await work();
  const sent = await start();
  await expectSoon(() => texts(sent.to)).toHaveLength(1);
  await receipt(sent, "delivered");
  await expectSoon(async () => (await delivery(sent)).status).toBe("delivered");
  await until(sent, "completed");
  expect(await delivery(sent)).toEqual({ verification: "pending", status: "delivered", error: null });
  expect(await texts(sent.to)).toHaveLength(1);
});

test("a receipt that says undelivered ends the verification, and one that says delivered later does not revive it", async () => {
  const { work, start, until, delivery, receipt } = await startBench();
  await work();
  const sent = await start();
  await until(sent, "completed");
  await receipt(sent, "undelivered", "landline");
  const undeliverable = { verification: "undeliverable", status: "undelivered", error: "landline" };
  await expectSoon(() => delivery(sent)).toEqual(undeliverable);
  await receipt(sent, "delivered");
  await expectSoon(() => delivery(sent)).toMatchObject({ verification: "undeliverable", status: "delivered" });
});

test("a receipt for a delivery that nobody knows any more is no failure", async () => {
  const { work, receipt, queues } = await startBench();
  await work();
  const nobodys = { to: randomNumber(), id: "", code: "" };
  await receipt({ ...nobodys, deliveryId: `dl_${"A".repeat(32)}_1` }, "delivered");
  await receipt({ ...nobodys, deliveryId: "not-an-id" }, "delivered");
  await expectSoon(() => results(queues.receipts)).toEqual([{ outcome: "forgotten" }, { outcome: "forgotten" }]);
});

test("a receipt of what is known is no news in the log, one of a lost message is", async () => {
  const { work, start, until, delivery, receipt, queues, log } = await startBench();
  await work();
  const sent = await start();
  await until(sent, "completed");
  const told = async (status: "sent" | "delivered" | "undelivered") => {
    const done = (await results(queues.receipts)).length;
    await receipt(sent, status);
    await expectSoon(() => results(queues.receipts)).toHaveLength(done + 1);
    const lines = log().trim().split("\n");
    const last = lines.map((line) => JSON.parse(line) as Record<string, unknown>).findLast((line) => line["receipt"]);
    return { level: last?.["level"], receipt: last?.["receipt"], outcome: last?.["outcome"], msg: last?.["msg"] };
  };
  const [debug, info] = [20, 30];
  const known = { level: debug, outcome: "ignored", msg: "receipt of what is known" };
  expect(await told("sent")).toEqual({ ...known, receipt: "sent" });
  expect(await told("delivered")).toEqual({ level: info, receipt: "delivered", outcome: "applied", msg: "receipt" });
  expect(await told("delivered")).toEqual({ ...known, receipt: "delivered" });
  const lost = { level: info, receipt: "undelivered", outcome: "ignored", msg: "receipt of a lost message" };
  expect(await told("undelivered")).toEqual(lost);
  expect(await delivery(sent)).toMatchObject({ status: "delivered" });
});
