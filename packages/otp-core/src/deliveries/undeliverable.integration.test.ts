import { afterAll, describe, expect, test } from "vitest";
import {
  check,
  claimToSend,
  deliveryOf,
  read,
  sendOut,
  settle,
  start,
  startedId,
  startTestCore,
} from "../testing/verifications.fixture.ts";
import { applyReceipt, type Receipt } from "./receipt.ts";
import { settleDelivery } from "./settle.ts";

const core = await startTestCore();
afterAll(() => core.close());

const receive = (id: string, status: Receipt["status"], { number = 1, carrierId = "m1" } = {}) =>
  applyReceipt(core, { deliveryId: deliveryOf(id, number), status, reason: null, carrierId });

const fail = async (id: string, number = 1) => {
  const { ref } = await claimToSend(core, deliveryOf(id, number));
  return settleDelivery(core, ref, { outcome: "failed", reason: "invalid_number" });
};

const statusOf = async (id: string) => (await read(core, id)).status;

/** A verification with a second delivery, which is still queued. */
async function withTwoDeliveries() {
  const { verification } = await start(core);
  const { id } = verification;
  const { phone, ref } = await claimToSend(core, deliveryOf(id));
  await settleDelivery(core, ref, { outcome: "retry", reason: "rate_limited" });
  await core.age(id, 30);
  await start(core, phone);
  return id;
}

async function undelivered(id: string, number: number) {
  await sendOut(core, deliveryOf(id, number));
  return receive(id, "undelivered", { number });
}

/** A verification whose one delivery went to the carrier twice, the fate of the first request unknown; gives the second. */
async function requestedTwice() {
  const id = await startedId(core);
  const first = await claimToSend(core, deliveryOf(id));
  await settleDelivery(core, first.ref, { outcome: "uncertain", reason: "connection_lost" });
  await core.age(id, 10);
  const { ref } = await claimToSend(core, deliveryOf(id));
  return { id, ref };
}

describe("a verification is undeliverable once every delivery has definitely failed", () => {
  test.each([
    ["both by the carrier's refusal", fail, fail],
    ["both by receipt", undelivered, undelivered],
    ["one by refusal, one by receipt", fail, undelivered],
    ["one by receipt, one by refusal", undelivered, fail],
  ])("%s", async (_how, first, second) => {
    const id = await withTwoDeliveries();
    await first(id, 1);
    expect(await statusOf(id)).toBe("pending");
    await second(id, 2);
    expect(await statusOf(id)).toBe("undeliverable");
  });
});

describe("it is not while another delivery", () => {
  const others: Record<string, (id: string) => Promise<unknown>> = {
    "is queued": async () => undefined,
    "is being sent": (id) => claimToSend(core, deliveryOf(id, 2)),
    "has been sent": (id) => sendOut(core, deliveryOf(id, 2)),
    async "is uncertain"(id) {
      const { ref } = await claimToSend(core, deliveryOf(id, 2));
      await settleDelivery(core, ref, { outcome: "uncertain", reason: "timeout" });
    },
    async "is unconfirmed"(id) {
      await sendOut(core, deliveryOf(id, 2));
      await receive(id, "unconfirmed", { number: 2 });
    },
    async "was delivered"(id) {
      await sendOut(core, deliveryOf(id, 2));
      await receive(id, "delivered", { number: 2 });
    },
  };

  test.each(Object.entries(others))("%s", async (_state, bring) => {
    const id = await withTwoDeliveries();
    const { ref } = await claimToSend(core, deliveryOf(id));
    await bring(id);
    await settleDelivery(core, ref, { outcome: "failed", reason: "invalid_number" });
    expect(await statusOf(id)).toBe("pending");
    expect(await check(core, id, await core.codeOf(id))).toMatchObject({ valid: true });
  });
});

describe("of a delivery that was requested twice one message may still arrive", () => {
  test("when the first is undelivered while the second is under way", async () => {
    const { id, ref } = await requestedTwice();
    await receive(id, "undelivered", { carrierId: "m1" });
    expect(await statusOf(id)).toBe("pending");
    await settleDelivery(core, ref, { outcome: "sent", carrierId: "m2" });
    await receive(id, "delivered", { carrierId: "m2" });
    expect(await check(core, id, await core.codeOf(id))).toMatchObject({ valid: true });
  });

  test("when the first is undelivered after the second was sent, said twice over", async () => {
    const { id, ref } = await requestedTwice();
    await settleDelivery(core, ref, { outcome: "sent", carrierId: "m2" });
    await receive(id, "undelivered", { carrierId: "m1" });
    await receive(id, "undelivered", { carrierId: "m1" });
    expect(await statusOf(id)).toBe("pending");
  });

  test("until both are undelivered", async () => {
    const { id, ref } = await requestedTwice();
    await settleDelivery(core, ref, { outcome: "sent", carrierId: "m2" });
    await receive(id, "undelivered", { carrierId: "m1" });
    await receive(id, "undelivered", { carrierId: "m2" });
    expect(await statusOf(id)).toBe("undeliverable");
    expect((await read(core, id)).deliveries[0]).toMatchObject({ status: "undelivered" });
  });

  test("but none when the first is undelivered and the second surely refused", async () => {
    const { id, ref } = await requestedTwice();
    await receive(id, "undelivered", { carrierId: "m1" });
    expect(await settle(core, ref, { outcome: "failed", reason: "invalid_number" })).toBe("failed");
    expect(await statusOf(id)).toBe("undeliverable");
  });

  test("but none when the second was surely refused and the first is undelivered", async () => {
    const { id, ref } = await requestedTwice();
    await settleDelivery(core, ref, { outcome: "failed", reason: "invalid_number" });
    await receive(id, "undelivered", { carrierId: "m1" });
    expect(await statusOf(id)).toBe("undeliverable");
  });
});
