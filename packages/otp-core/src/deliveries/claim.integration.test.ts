import { afterAll, describe, expect, test } from "vitest";
import {
  claimToSend,
  deliveryOf,
  endings,
  read,
  sendOut,
  start,
  startedId,
  startTestCore,
} from "../testing/verifications.fixture.ts";
import { claimDelivery } from "./claim.ts";
import { settleDelivery } from "./settle.ts";

const core = await startTestCore();
afterAll(() => core.close());

const claim = (id: string) => claimDelivery(core, deliveryOf(id));
const statusOf = async (id: string) => (await read(core, id)).deliveries[0]?.status;

describe("a queued delivery", () => {
  test("is marked `sending` before it is sent, with what the message needs", async () => {
    const id = await startedId(core);
    expect(await claim(id)).toEqual({
      outcome: "send",
      ref: { tag: id.slice(3, 19), nonce: id.slice(19), number: 1, attempt: 1 },
      applicationId: core.application.id,
      phone: expect.stringMatching(/^\+1415\d{7}$/),
      code: await core.codeOf(id),
      locale: "",
      country: "US",
      lifeLeftMs: expect.any(Number),
    });
    expect(await statusOf(id)).toBe("sending");
  });

  test("is given to one of 100 concurrent workers", async () => {
    const id = await startedId(core);
    const claims = await Promise.all(Array.from({ length: 100 }, () => claim(id)));
    expect(claims.filter(({ outcome }) => outcome === "send")).toHaveLength(1);
    expect(claims.filter(({ outcome }) => outcome === "uncertain")).toHaveLength(99);
  });

  test("of several is taken without touching the others", async () => {
    const { verification } = await start(core);
    await core.age(verification.id, 30);
    await start(core, (await claimToSend(core, deliveryOf(verification.id))).phone);
    await claimToSend(core, deliveryOf(verification.id, 2));
    const { deliveries } = await read(core, verification.id);
    expect(deliveries.map(({ status }) => status)).toEqual(["sending", "sending"]);
  });
});

describe("a delivery of an application that this worker does not know", () => {
  const elsewhere = { ...core, limitedApplication: () => undefined };

  test("is left to one that does, and its attempt says why", async () => {
    const id = await startedId(core);
    await expect(claimDelivery(elsewhere, deliveryOf(id))).rejects.toMatchObject({ code: "unavailable" });
    const [delivery] = (await read(core, id)).deliveries;
    expect(delivery).toMatchObject({
      status: "queued",
      attempts: [{ outcome: "retry", reason: "application_unknown" }],
    });
    expect(await claim(id)).toMatchObject({ outcome: "send", ref: { attempt: 2 } });
  });

  test("after a request that may have arrived is still requested once more at most", async () => {
    const id = await startedId(core);
    const { ref } = await claimToSend(core, deliveryOf(id));
    await settleDelivery(core, ref, { outcome: "uncertain", reason: "timeout" });
    await core.age(id, 11);
    await expect(claimDelivery(elsewhere, deliveryOf(id))).rejects.toMatchObject({ code: "unavailable" });
    expect(await statusOf(id)).toBe("uncertain");
    await core.age(id, 11);
    const second = await claimToSend(core, deliveryOf(id));
    await settleDelivery(core, second.ref, { outcome: "uncertain", reason: "timeout" });
    await core.age(id, 11);
    expect(await claim(id)).toMatchObject({ outcome: "done", status: "uncertain" });
  });

  test("is skipped when its code is over", async () => {
    const id = await startedId(core);
    await expect(claimDelivery(elsewhere, deliveryOf(id))).rejects.toMatchObject({ code: "unavailable" });
    await core.age(id, core.application.settings.expirySeconds);
    expect(await claimDelivery(elsewhere, deliveryOf(id))).toEqual({ outcome: "skipped", reason: "expired" });
  });
});

describe("a delivery whose worker is gone after it was marked", () => {
  test("waits ten seconds for a receipt, as its message may have arrived", async () => {
    const id = await startedId(core);
    await claimToSend(core, deliveryOf(id));
    expect(await claim(id)).toMatchObject({ outcome: "uncertain", waitMs: 10_000 });
    expect((await read(core, id)).deliveries[0]).toMatchObject({ status: "uncertain", error: "interrupted" });
    await core.age(id, 5);
    const again = await claim(id);
    expect(again).toMatchObject({ outcome: "uncertain" });
    expect(again.outcome === "uncertain" && again.waitMs).toBeLessThanOrEqual(5000);
  });

  test("is sent once more after that, and never a third time", async () => {
    const id = await startedId(core);
    const { code } = await claimToSend(core, deliveryOf(id));
    await claim(id);
    await core.age(id, 10);
    expect(await claimToSend(core, deliveryOf(id))).toMatchObject({ code });
    for (let crash = 0; crash < 5; crash += 1) {
      expect(await claim(id)).toEqual({ outcome: "done", status: "uncertain" });
      await core.age(id, 10);
    }
    expect(await statusOf(id)).toBe("uncertain");
  });

  test("is not sent by two who both waited", async () => {
    const id = await startedId(core);
    await claimToSend(core, deliveryOf(id));
    await claim(id);
    await core.age(id, 10);
    const claims = await Promise.all(Array.from({ length: 50 }, () => claim(id)));
    expect(claims.filter(({ outcome }) => outcome === "send")).toHaveLength(1);
    expect(await claim(id)).toEqual({ outcome: "done", status: "uncertain" });
  });
});

describe("nothing is sent", () => {
  test("a second time of what the carrier took", async () => {
    const id = await startedId(core);
    await sendOut(core, deliveryOf(id));
    expect(await claim(id)).toEqual({ outcome: "done", status: "sent" });
    await core.age(id, 60);
    expect(await claim(id)).toEqual({ outcome: "done", status: "sent" });
  });

  test("of what surely failed", async () => {
    const id = await startedId(core);
    await endings.undeliverable(core, id);
    expect(await claim(id)).toEqual({ outcome: "done", status: "failed" });
  });

  test.each(["approved", "failed", "canceled", "expired"] as const)("once the verification is %s", async (status) => {
    const id = await startedId(core);
    await endings[status](core, id);
    expect(await claim(id)).toEqual({ outcome: "skipped", reason: status });
    expect((await read(core, id)).deliveries[0]).toMatchObject({ status: "skipped", error: status });
    expect(await claim(id)).toEqual({ outcome: "done", status: "skipped" });
  });

  test("after expiry, though nobody has looked since", async () => {
    const id = await startedId(core);
    await core.age(id, 300);
    expect(await claim(id)).toEqual({ outcome: "skipped", reason: "expired" });
  });

  test("again of an uncertain one that has been approved meanwhile; it stays uncertain", async () => {
    const id = await startedId(core);
    const { ref } = await claimToSend(core, deliveryOf(id));
    await settleDelivery(core, ref, { outcome: "uncertain", reason: "timeout" });
    await endings.approved(core, id);
    await core.age(id, 10);
    expect(await claim(id)).toEqual({ outcome: "skipped", reason: "approved" });
    expect(await statusOf(id)).toBe("uncertain");
  });

  test("again of an interrupted one that has been canceled meanwhile; it is uncertain from then on", async () => {
    const id = await startedId(core);
    await claimToSend(core, deliveryOf(id));
    await endings.canceled(core, id);
    expect(await claim(id)).toEqual({ outcome: "skipped", reason: "canceled" });
    expect((await read(core, id)).deliveries[0]).toMatchObject({ status: "uncertain", error: "interrupted" });
  });

  test.each(["", "dl_no", `dl_${"A".repeat(32)}_1`])("for the unknown delivery %j", async (id) => {
    expect(await claimDelivery(core, id)).toEqual({ outcome: "not_found" });
  });

  test("for a delivery that its verification does not have", async () => {
    const id = await startedId(core);
    expect(await claimDelivery(core, deliveryOf(id, 2))).toEqual({ outcome: "not_found" });
  });
});
