import { afterAll, describe, expect, test } from "vitest";
import { verificationKey } from "../store/keys.ts";
import {
  claimToSend,
  deliveryOf,
  endings,
  read,
  refOf,
  sendOut,
  settle,
  startedId,
  startTestCore,
} from "../testing/verifications.fixture.ts";
import { claimDelivery } from "./claim.ts";
import { applyReceipt, type Receipt } from "./receipt.ts";
import { settleDelivery } from "./settle.ts";

const core = await startTestCore();
afterAll(() => core.close());

const receive = (id: string, status: Receipt["status"], reason: string | null = null) =>
  applyReceipt(core, { deliveryId: deliveryOf(id), status, reason, carrierId: "m1" });
const deliveryIn = async (id: string) => (await read(core, id)).deliveries[0];
/** What the worker's log and metrics are told with every receipt. */
const about = {
  applicationId: core.application.id,
  channel: "sms",
  carrier: "telnyx",
  elapsedMs: expect.any(Number) as number,
};

describe("a receipt of a sent message", () => {
  test.each([
    ["delivered", null, "pending"],
    ["unconfirmed", null, "pending"],
    ["undelivered", "landline", "undeliverable"],
  ] as const)("makes the delivery %s", async (status, reason, verification) => {
    const id = await startedId(core);
    await sendOut(core, deliveryOf(id));
    expect(await receive(id, status, reason)).toEqual({ ...about, outcome: "applied", delivery: status, verification });
    expect(await deliveryIn(id)).toMatchObject({ status, error: reason });
  });

  test("that says what is known is ignored", async () => {
    const id = await startedId(core);
    await sendOut(core, deliveryOf(id));
    expect(await receive(id, "sent")).toEqual({
      ...about,
      outcome: "ignored",
      delivery: "sent",
      verification: "pending",
    });
    await receive(id, "delivered");
    const before = await deliveryIn(id);
    for (const status of ["delivered", "sent", "unconfirmed", "undelivered"] as const) {
      expect(await receive(id, status, "blocked")).toMatchObject({ outcome: "ignored", delivery: "delivered" });
    }
    expect(await deliveryIn(id)).toEqual(before);
  });
});

describe("a receipt that overtakes the response to its request", () => {
  test.each(["sent", "delivered", "unconfirmed", "undelivered"] as const)(
    "%s stands, whatever the request is said to have become",
    async (status) => {
      for (const result of [
        { outcome: "sent", carrierId: "m1" },
        { outcome: "uncertain", reason: "connection_lost" },
        { outcome: "retry", reason: "rate_limited" },
      ] as const) {
        const id = await startedId(core);
        const { ref } = await claimToSend(core, deliveryOf(id));
        expect(await receive(id, status)).toMatchObject({ outcome: "applied", delivery: status });
        expect(await settle(core, ref, result)).toBe(status);
        expect(await deliveryIn(id)).toMatchObject({ status });
        expect(await claimDelivery(core, deliveryOf(id))).toEqual({ outcome: "done", status });
      }
    },
  );

  test("brings the carrier's id with it", async () => {
    const id = await startedId(core);
    await claimToSend(core, deliveryOf(id));
    await receive(id, "sent");
    expect((await deliveryIn(id))?.attempts).toMatchObject([{ outcome: null, carrierId: "m1" }]);
  });
});

describe("a receipt of an uncertain request", () => {
  test.each(["sent", "delivered"] as const)("%s means that it is not sent again", async (status) => {
    const id = await startedId(core);
    const { ref } = await claimToSend(core, deliveryOf(id));
    await settleDelivery(core, ref, { outcome: "uncertain", reason: "timeout" });
    await receive(id, status);
    await core.age(id, 10);
    expect(await claimDelivery(core, deliveryOf(id))).toEqual({ outcome: "done", status });
    expect(await deliveryIn(id)).toMatchObject({ error: null });
  });
});

describe("a receipt that comes after the end", () => {
  test.each(["approved", "failed", "canceled", "expired"] as const)(
    "of a verification that is %s is recorded, and changes only the delivery",
    async (status) => {
      const id = await startedId(core);
      await sendOut(core, deliveryOf(id));
      await endings[status](core, id);
      expect(await receive(id, "undelivered", "blocked")).toEqual({
        ...about,
        outcome: "applied",
        delivery: "undelivered",
        verification: status,
      });
      expect(await read(core, id)).toMatchObject({ status });
    },
  );

  test("of a code's life finds it expired, not undeliverable", async () => {
    const id = await startedId(core);
    await sendOut(core, deliveryOf(id));
    await core.age(id, 300);
    expect(await receive(id, "undelivered")).toMatchObject({ verification: "expired" });
  });
});

describe("a receipt of an unknown delivery does nothing", () => {
  test.each(["", "dl_no", `dl_${"A".repeat(32)}_1`, "*"])("%j", async (deliveryId) => {
    const receipt = { deliveryId, status: "delivered", reason: null, carrierId: "m1" } as const;
    expect(await applyReceipt(core, receipt)).toBeUndefined();
  });

  test("of a forgotten verification, which is not brought back", async () => {
    const id = await startedId(core);
    await core.redis.del(verificationKey(refOf(id)));
    expect(await receive(id, "delivered")).toBeUndefined();
    expect(await core.redis.exists(verificationKey(refOf(id)))).toBe(0);
  });

  test("of a number that its verification does not have", async () => {
    const id = await startedId(core);
    const receipt = { deliveryId: deliveryOf(id, 2), status: "delivered", reason: null, carrierId: "m1" } as const;
    expect(await applyReceipt(core, receipt)).toBeUndefined();
    expect((await read(core, id)).deliveries).toHaveLength(1);
  });
});
