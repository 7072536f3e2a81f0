import { afterAll, describe, expect, test } from "vitest";
import { verificationKey } from "../store/keys.ts";
import type { Attempt } from "../verification.ts";
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
import { resendVerification } from "../verifications/resend.ts";
import { claimDelivery } from "./claim.ts";
import { applyReceipt, type Receipt } from "./receipt.ts";
import type { SendOutcome } from "./settle.ts";

const core = await startTestCore();
afterAll(() => core.close());

const deliveryIn = async (id: string, number = 1) => {
  const delivery = (await read(core, id)).deliveries[number - 1];
  if (!delivery) throw new Error(`${id} has no delivery ${number}`);
  return delivery;
};
const attemptsIn = async (id: string, number?: number) => (await deliveryIn(id, number)).attempts;

async function attempt(id: string, result: SendOutcome) {
  const { ref } = await claimToSend(core, deliveryOf(id));
  return settle(core, ref, result);
}

const receive = (id: string, status: Receipt["status"], carrierId: string) =>
  applyReceipt(core, { deliveryId: deliveryOf(id), status, reason: null, carrierId });

const tookMs = ({ startedAt, endedAt }: Attempt) => (endedAt?.getTime() ?? Number.NaN) - startedAt.getTime();
const nothing = { carrierId: null, carrierCode: null, reason: null };

describe("an attempt is recorded", () => {
  test("from the moment that it is taken, without an outcome until there is one", async () => {
    const id = await startedId(core);
    expect(await attemptsIn(id)).toEqual([]);
    await claimToSend(core, deliveryOf(id));
    const { createdAt, attempts } = await deliveryIn(id);
    expect(attempts).toEqual([
      { outcome: null, carrier: "telnyx", ...nothing, startedAt: expect.any(Date), endedAt: null },
    ]);
    expect(attempts[0]?.startedAt.getTime()).toBeGreaterThanOrEqual(createdAt.getTime());
  });

  test("as sent where its worker is gone and a receipt has told so before the job ran again", async () => {
    const id = await startedId(core);
    await claimToSend(core, deliveryOf(id));
    await receive(id, "delivered", "m1");
    expect(await attemptsIn(id)).toMatchObject([{ outcome: null }]);
    expect(await claimDelivery(core, deliveryOf(id))).toMatchObject({
      outcome: "done",
      status: "delivered",
      attempt: "sent",
    });
    expect(await attemptsIn(id)).toMatchObject([{ outcome: "sent", carrierId: "m1", endedAt: expect.any(Date) }]);
    expect(await claimDelivery(core, deliveryOf(id))).toEqual({ outcome: "done", status: "delivered" });
  });

  test.each<[SendOutcome, Partial<Attempt>]>([
    [
      { outcome: "sent", carrierId: "m1" },
      { outcome: "sent", carrierId: "m1" },
    ],
    [
      { outcome: "retry", reason: "rate_limited", carrierCode: "40318" },
      { outcome: "retry", reason: "rate_limited", carrierCode: "40318" },
    ],
    [
      { outcome: "retry", reason: "carrier_unreachable" },
      { outcome: "retry", reason: "carrier_unreachable" },
    ],
    [
      { outcome: "uncertain", reason: "carrier_error", carrierCode: "HTTP_500" },
      { outcome: "uncertain", reason: "carrier_error", carrierCode: "HTTP_500" },
    ],
    [
      { outcome: "failed", reason: "refused", carrierCode: "two words" },
      { outcome: "failed", reason: "refused", carrierCode: "two_words" },
    ],
    [
      { outcome: "failed", reason: "invalid_number", carrierCode: "40310" },
      { outcome: "failed", reason: "invalid_number", carrierCode: "40310" },
    ],
  ])("with what became of it: %o", async (result, recorded) => {
    const id = await startedId(core);
    await attempt(id, result);
    const attempts = await attemptsIn(id);
    expect(attempts).toEqual([
      {
        carrier: "telnyx",
        ...nothing,
        ...recorded,
        startedAt: expect.any(Date),
        endedAt: expect.any(Date),
      },
    ]);
  });

  test("with its beginning and its end by the store's clock", async () => {
    const id = await startedId(core);
    await core.age(id, 40);
    const { ref } = await claimToSend(core, deliveryOf(id));
    await core.age(id, 5);
    await settle(core, ref, { outcome: "uncertain", reason: "timeout" });
    const { createdAt, attempts } = await deliveryIn(id);
    const [only] = attempts as [Attempt];
    const waitedMs = only.startedAt.getTime() - createdAt.getTime();
    expect(waitedMs).toBeGreaterThanOrEqual(40_000);
    expect(waitedMs).toBeLessThan(45_000);
    expect(tookMs(only)).toBeGreaterThanOrEqual(5000);
    expect(tookMs(only)).toBeLessThan(10_000);
  });

  test.each(["approved", "failed", "expired", "canceled"] as const)(
    "as skipped, and over at once, where the verification is %s",
    async (status) => {
      const id = await startedId(core);
      await endings[status](core, id);
      await claimDelivery(core, deliveryOf(id));
      const attempts = await attemptsIn(id);
      expect(attempts).toMatchObject([{ outcome: "skipped", ...nothing, reason: status }]);
      expect(attempts.map(tookMs)).toEqual([0]);
    },
  );

  test("as uncertain, for an interruption, once another worker finds it open", async () => {
    const id = await startedId(core);
    await claimToSend(core, deliveryOf(id));
    await core.age(id, 20);
    await claimDelivery(core, deliveryOf(id));
    const attempts = await attemptsIn(id);
    expect(attempts).toMatchObject([{ outcome: "uncertain", ...nothing, reason: "interrupted" }]);
    expect(attempts.map(tookMs)[0]).toBeGreaterThanOrEqual(20_000);
  });

  test("as what it became, where a worker that was given up still says so", async () => {
    const id = await startedId(core);
    const { ref } = await claimToSend(core, deliveryOf(id));
    await claimDelivery(core, deliveryOf(id));
    await core.age(id, 8);
    await settle(core, ref, { outcome: "sent", carrierId: "m1" });
    const attempts = await attemptsIn(id);
    expect(attempts).toMatchObject([{ outcome: "sent", carrierId: "m1", reason: null }]);
    expect(attempts.map(tookMs)[0]).toBeGreaterThanOrEqual(8000);
  });
});

describe("the attempts of a delivery", () => {
  test("stand in their order", async () => {
    const id = await startedId(core);
    await attempt(id, { outcome: "retry", reason: "rate_limited" });
    await core.age(id, 20);
    await attempt(id, { outcome: "uncertain", reason: "timeout" });
    await core.age(id, 10);
    await attempt(id, { outcome: "sent", carrierId: "m3" });
    const attempts = await attemptsIn(id);
    expect(attempts.map(({ outcome }) => outcome)).toEqual(["retry", "uncertain", "sent"]);
    const starts = attempts.map(({ startedAt }) => startedAt.getTime());
    expect((starts[1] ?? 0) - (starts[0] ?? 0)).toBeGreaterThanOrEqual(20_000);
    expect((starts[2] ?? 0) - (starts[1] ?? 0)).toBeGreaterThanOrEqual(10_000);
  });

  test("are its own", async () => {
    const id = await startedId(core);
    await attempt(id, { outcome: "retry", reason: "rate_limited" });
    await core.age(id, 30);
    await resendVerification(core, core.application, id, "sms");
    const carrierId = await sendOut(core, deliveryOf(id, 2));
    expect(await attemptsIn(id, 1)).toMatchObject([{ outcome: "retry" }]);
    expect(await attemptsIn(id, 2)).toMatchObject([{ outcome: "sent", carrierId }]);
  });

  test("are kept up to the newest 20, and the delivery goes on", async () => {
    const id = await startedId(core);
    for (let k = 1; k <= 25; k += 1) await attempt(id, { outcome: "retry", reason: `reason_${k}` });
    const attempts = await attemptsIn(id);
    expect(attempts.map(({ reason }) => reason)).toEqual(Array.from({ length: 20 }, (_, k) => `reason_${k + 6}`));
    const fields = await core.redis.hkeys(verificationKey(refOf(id)));
    expect(fields.filter((field) => /^1\.\d+$/.test(field))).toHaveLength(20);
    expect(await attempt(id, { outcome: "sent", carrierId: "m26" })).toBe("sent");
  });

  test("no longer change where they are no longer kept", async () => {
    const id = await startedId(core);
    const { ref } = await claimToSend(core, deliveryOf(id));
    await claimDelivery(core, deliveryOf(id));
    await core.age(id, 10);
    // The first request stays uncertain, so each one after it waits for a receipt.
    for (let k = 2; k <= 22; k += 1) {
      await attempt(id, { outcome: "retry", reason: "rate_limited" });
      await core.age(id, 10);
    }
    const before = await attemptsIn(id);
    expect(await settle(core, ref, { outcome: "failed", reason: "invalid_number" })).toBe("uncertain");
    expect(await attemptsIn(id)).toEqual(before);
  });
});

describe("a receipt that overtakes the response", () => {
  test.each([
    { outcome: "uncertain", reason: "connection_lost" },
    { outcome: "retry", reason: "rate_limited" },
    { outcome: "failed", reason: "refused" },
  ] as const)("brings the carrier's id to the attempt, and $outcome keeps it", async (result) => {
    const id = await startedId(core);
    const { ref } = await claimToSend(core, deliveryOf(id));
    await receive(id, "delivered", "m1");
    expect(await attemptsIn(id)).toMatchObject([{ outcome: null, carrierId: "m1" }]);
    await settle(core, ref, result);
    expect(await attemptsIn(id)).toMatchObject([{ ...result, carrierId: "m1" }]);
  });

  test("leaves the last word on the id to the response", async () => {
    const id = await startedId(core);
    const { ref } = await claimToSend(core, deliveryOf(id));
    await receive(id, "sent", "m1");
    await settle(core, ref, { outcome: "sent", carrierId: "m2" });
    expect(await attemptsIn(id)).toMatchObject([{ outcome: "sent", carrierId: "m2" }]);
  });
});

test("the record of a message that was retried and sent stays in Redis's compact form", async () => {
  const id = await startedId(core);
  await attempt(id, { outcome: "uncertain", reason: "unexpected_answer", carrierCode: "HTTP_502" });
  await core.age(id, 10);
  const carrierId = await sendOut(core, deliveryOf(id));
  await receive(id, "delivered", carrierId);
  expect(await core.redis.object("ENCODING", verificationKey(refOf(id)))).toMatch(/^(listpack|ziplist)$/);
});
