import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { announce } from "./announce.ts";
import type { DeliveryQueue } from "./core.ts";
import { applyReceipt, type Receipt } from "./deliveries/receipt.ts";
import { settleDelivery } from "./deliveries/settle.ts";
import { eventId, type EventJob, eventTypes, type WantedEvents } from "./events.ts";
import { numberKey, verificationKey } from "./store/keys.ts";
import { RedisAwayError } from "./store/redis.ts";
import {
  check,
  claimToSend,
  deliveryOf,
  endings,
  read,
  refOf,
  sendOut,
  startedId,
  startTestCore,
  terminal,
} from "./testing/verifications.fixture.ts";
import type { TestCore } from "./testing/core.fixture.ts";

const base = await startTestCore();

/** A core that keeps what it is to tell, once by its id as the queue does; adding fails for as long as it is away. */
function listen(wanted: WantedEvents) {
  const events: EventJob[] = [];
  const looks: { verificationId: string; delayMs: number; dueAt: number }[] = [];
  const failures: { id: string; error: unknown }[] = [];
  const state = { away: false };
  const add = <T>(list: T[], item: T) => {
    if (state.away) throw new RedisAwayError();
    list.push(item);
  };
  const known = (event: EventJob) => events.some((other) => eventId(other) === eventId(event));
  const queue: DeliveryQueue = {
    ...base.queues,
    async notify(event) {
      if (!known(event)) add(events, event);
    },
    async lookForEvents(verificationId, delayMs, dueAt) {
      add(looks, { verificationId, delayMs, dueAt });
    },
  };
  const core: TestCore = {
    ...base,
    queue,
    application: { ...base.application, events: wanted },
    onNotAnnounced: (id, error) => failures.push({ id, error }),
  };
  return {
    core,
    events,
    looks,
    failures,
    types: () => events.map(({ type }) => type),
    away: (away: boolean) => (state.away = away),
    announce: (id: string) => announce(core, () => wanted, id),
  };
}

const receipt = (id: string, status: Receipt["status"], carrierId = randomUUID()) =>
  applyReceipt(base, {
    deliveryId: deliveryOf(id),
    status,
    reason: status === "undelivered" ? "unreachable" : null,
    carrierId,
  });

describe("an event is told once", () => {
  test("however often a delivery is announced, one after the other or at a time", async () => {
    const { core, announce, types } = listen("all");
    const id = await startedId(core);
    await announce(id);
    expect(types()).toEqual([]);
    await sendOut(core, deliveryOf(id));
    for (let i = 0; i < 3; i += 1) await announce(id);
    expect(types()).toEqual(["delivery.sent"]);
    await receipt(id, "delivered");
    await announce(id);
    await receipt(id, "delivered");
    await receipt(id, "sent");
    for (let i = 0; i < 3; i += 1) await announce(id);
    expect(types()).toEqual(["delivery.sent", "delivery.delivered"]);
  });

  test("of a verification that is checked again after its end", async () => {
    const { core, types } = listen("all");
    const id = await startedId(core);
    const code = await core.codeOf(id);
    await Promise.all(Array.from({ length: 20 }, () => check(core, id, code)));
    await expect.poll(types).toEqual(["verification.approved"]);
    await check(core, id, code);
    await announce(core, () => "all", id);
    expect(types()).toEqual(["verification.approved"]);
  });

  test("and its record is as long-lived as without it", async () => {
    const { core, announce } = listen("all");
    const id = await startedId(core);
    await sendOut(core, deliveryOf(id));
    const before = await core.redis.pttl(verificationKey(refOf(id)));
    await announce(id);
    const after = await core.redis.pttl(verificationKey(refOf(id)));
    expect(after).toBeGreaterThan(0);
    expect(after).toBeLessThanOrEqual(before);
  });

  test("and a record that is forgotten meanwhile does not come back", async () => {
    const { core } = listen("all");
    const id = await startedId(core);
    await sendOut(core, deliveryOf(id));
    const key = verificationKey(refOf(id));
    const forgetful = { ...core, queue: { ...core.queue, notify: async () => void (await core.redis.del(key)) } };
    await announce(forgetful, () => "all", id);
    expect(await core.redis.exists(key)).toBe(0);
  });
});

test("of an application that is not known here word is left of every event, and of the look", async () => {
  const { core, types, looks } = listen("all");
  const id = await startedId(core);
  await sendOut(core, deliveryOf(id));
  await announce(core, () => "unknown", id);
  expect(types()).toEqual(["delivery.sent"]);
  expect(looks).toHaveLength(1);
});

describe("what is told of", () => {
  test.each([
    ["sent", ["delivery.sent"]],
    ["delivered", ["delivery.sent", "delivery.delivered"]],
    ["unconfirmed", ["delivery.sent"]],
    ["undelivered", ["delivery.sent", "delivery.failed", "verification.undeliverable"]],
  ] as const)("a delivery whose first word is the receipt %s", async (status, expected) => {
    const { core, announce, types } = listen("all");
    const id = await startedId(core);
    await claimToSend(core, deliveryOf(id));
    await receipt(id, status);
    await announce(id);
    expect(types()).toEqual(expected);
  });

  test("a delivery that the carrier refuses, with its reason, and the verification that ends with it", async () => {
    const { core, announce, events } = listen("all");
    const id = await startedId(core, "+14155550177");
    const { ref } = await claimToSend(core, deliveryOf(id));
    await settleDelivery(core, ref, { outcome: "failed", reason: "invalid_number", carrierCode: "40310" });
    await announce(id);
    const about = { applicationId: core.application.id, verificationId: id, to: "+1415•••0177" };
    const { updatedAt } = (await read(core, id)).deliveries[0] ?? {};
    expect(events).toEqual([
      {
        type: "delivery.failed",
        ...about,
        delivery: { id: deliveryOf(id), channel: "sms", carrier: "telnyx", error: "invalid_number" },
        occurredAt: updatedAt?.toISOString(),
      },
      { type: "verification.undeliverable", ...about, occurredAt: expect.any(String) as string },
    ]);
    await core.redis.del(numberKey(refOf(id).tag));
  });

  test("nothing while a delivery waits, is tried again or may have arrived", async () => {
    const { core, announce, types } = listen("all");
    const id = await startedId(core);
    await announce(id);
    const { ref } = await claimToSend(core, deliveryOf(id));
    await announce(id);
    await settleDelivery(core, ref, { outcome: "retry", reason: "rate_limited" });
    await announce(id);
    const again = await claimToSend(core, deliveryOf(id));
    await settleDelivery(core, again.ref, { outcome: "uncertain", reason: "timeout" });
    await announce(id);
    expect(types()).toEqual([]);
  });

  test.each(terminal)("the end %s", async (status) => {
    const { core, announce, types } = listen("all");
    const id = await startedId(core);
    await endings[status](core, id);
    await announce(id);
    const ends = types().filter((type) => type.startsWith("verification."));
    expect(ends).toEqual(status === "expired" ? [] : [`verification.${status}`]);
  });

  test("only what is wanted", async () => {
    const { core, announce, types, looks } = listen(["delivery.delivered"]);
    const id = await startedId(core);
    await sendOut(core, deliveryOf(id));
    await receipt(id, "delivered");
    await announce(id);
    await check(core, id, await core.codeOf(id));
    await announce(id);
    expect(types()).toEqual(["delivery.delivered"]);
    expect(looks).toHaveLength(1);
  });

  test.each([[undefined], [[]]])("nothing where %j is wanted, and nothing is noted", async (wanted) => {
    const { core, announce, types, looks } = listen(wanted);
    const id = await startedId(core);
    await check(core, id, await core.codeOf(id));
    await announce(id);
    expect([types(), looks]).toEqual([[], []]);
    const fields = await core.redis.hkeys(verificationKey(refOf(id)));
    expect(fields.filter((field) => field.startsWith("told"))).toEqual([]);
  });

  test("in jobs that know events by one name each, and hold no number and no code", async () => {
    const { core, announce, events } = listen("all");
    const to = "+14155550178";
    const id = await startedId(core, to);
    const code = await core.codeOf(id);
    await sendOut(core, deliveryOf(id));
    await announce(id);
    await check(core, id, code);
    await expect.poll(() => events.length).toBe(2);
    expect(JSON.stringify(events)).not.toContain(to.slice(2));
    expect(JSON.stringify(events)).not.toContain(`"${code}"`);
    expect(events.every(({ type }) => eventTypes.includes(type))).toBe(true);
    await core.redis.del(numberKey(refOf(id).tag));
  });
});

describe("while word cannot be left", () => {
  test("a right code is answered with its token, and its event is left by the look that follows its life", async () => {
    const { core, announce, types, looks, away, failures } = listen("all");
    const id = await startedId(core);
    await sendOut(core, deliveryOf(id));
    await announce(id);
    const dueAt = (await read(core, id)).expiresAt.getTime() + 10_000;
    expect(looks).toEqual([{ verificationId: id, delayMs: expect.any(Number) as number, dueAt }]);
    const life = core.application.settings.expirySeconds * 1000;
    expect(looks[0]?.delayMs).toBeGreaterThan(life);
    expect(looks[0]?.delayMs).toBeLessThan(life + 15_000);

    away(true);
    const checked = await check(core, id, await core.codeOf(id));
    expect(checked).toMatchObject({ valid: true, token: expect.any(String) as string });
    await expect.poll(() => failures).toEqual([{ id, error: expect.any(RedisAwayError) as RedisAwayError }]);
    expect(types()).toEqual(["delivery.sent"]);

    away(false);
    await announce(id);
    expect(types()).toEqual(["delivery.sent", "verification.approved"]);
  });

  test("a check does not wait for it", async () => {
    const { core } = listen("all");
    const never = { ...core, queue: { ...core.queue, notify: () => new Promise<void>(() => undefined) } };
    const id = await startedId(core);
    expect(await check(never, id, await core.codeOf(id))).toMatchObject({ valid: true });
  });

  test("a worker is told so, and finds all of it the next time", async () => {
    const { core, announce, types, away } = listen("all");
    const id = await startedId(core);
    await sendOut(core, deliveryOf(id));
    await receipt(id, "delivered");
    away(true);
    await expect(announce(id)).rejects.toThrow(RedisAwayError);
    away(false);
    await receipt(id, "delivered");
    await announce(id);
    expect(types()).toEqual(["delivery.sent", "delivery.delivered"]);
  });
});
