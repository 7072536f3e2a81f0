import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import { callOf, dial } from "../testing/calls.fixture.ts";
import {
  claimToSend,
  deliveryOf,
  endings,
  read,
  sendOut,
  settle,
  smsThenCall,
  start,
  startTestCore,
} from "../testing/verifications.fixture.ts";
import { applyCallEvent } from "./call.ts";
import { claimDelivery } from "./claim.ts";
import { escalateDelivery } from "./escalate.ts";
import { applyReceipt } from "./receipt.ts";

/** A call beside everything else: its verification's end, its own dialing, another call, the SMS. */
const core = await startTestCore({ settings: smsThenCall });
afterAll(() => core.close());

const none = { action: "none" };
const hangUp = { action: "hang_up" };

describe.each(["approved", "failed", "canceled", "expired"] as const)("once the verification is %s", (status) => {
  test("a person who answers is hung up on", async () => {
    const call = await dial(core);
    await endings[status](core, call.verificationId);
    expect((await call.hear("ringing")).next).toEqual(none);
    expect(await call.hear("answered")).toMatchObject({ next: hangUp, verification: status });
    expect((await call.hear("person")).next).toEqual(hangUp);
    expect((await call.hear("person")).next).toEqual(hangUp);
    expect(await call.verificationStatus()).toBe(status);
  });

  test("a person who wants to hear it again is hung up on, and so is a command that is asked for again", async () => {
    const call = await dial(core);
    const person = call.event("person");
    await call.hear(person);
    await endings[status](core, call.verificationId);
    expect((await call.hear(person)).next).toEqual(hangUp);
    expect(await call.hear("repeat")).toMatchObject({ next: hangUp, delivery: "delivered", verification: status });
    expect((await call.hear("spoken")).next).toEqual(hangUp);
  });

  test("that nobody answered is recorded, and changes only the delivery", async () => {
    const call = await dial(core);
    await endings[status](core, call.verificationId);
    const ended = await call.hear("ended", "no_answer");
    expect(ended).toMatchObject({ delivery: "undelivered", verification: status });
  });
});

test("a code whose life is over is not said, though nobody has looked since", async () => {
  const call = await dial(core);
  await core.age(call.verificationId, 300);
  expect(await call.hear("person")).toMatchObject({ next: hangUp, verification: "expired" });
});

describe("the events of a call that overtake the response to its dialing", () => {
  test("mean that it was dialed, and bring its id", async () => {
    const { verification } = await start(core, undefined, { channel: "call" });
    const { ref } = await claimToSend(core, deliveryOf(verification.id));
    const call = callOf(core, verification.id);
    expect(await call.hear("ringing")).toMatchObject({ delivery: "sent", changed: true });
    expect((await call.delivery())?.attempts).toMatchObject([{ outcome: null, carrierId: call.callId }]);
    expect(await settle(core, ref, { outcome: "uncertain", reason: "timeout" })).toBe("sent");
    expect((await call.delivery())?.attempts).toMatchObject([{ outcome: "uncertain", carrierId: call.callId }]);
    expect(await claimDelivery(core, call.deliveryId)).toEqual({ outcome: "done", status: "sent" });
  });

  test("stand, whatever the response says then", async () => {
    const { verification } = await start(core, undefined, { channel: "call" });
    const { ref } = await claimToSend(core, deliveryOf(verification.id));
    const call = callOf(core, verification.id);
    await call.hear("person");
    await call.hear("spoken");
    expect(await settle(core, ref, { outcome: "failed", reason: "refused" })).toBe("delivered");
    expect(await call.verificationStatus()).toBe("pending");
  });
});

describe("of two calls of one delivery, the first of which was dialed without an answer,", () => {
  async function dialedTwice() {
    const { verification } = await start(core, undefined, { channel: "call" });
    const { id } = verification;
    const first = await claimToSend(core, deliveryOf(id));
    await settle(core, first.ref, { outcome: "uncertain", reason: "timeout" });
    await core.age(id, 10);
    const callId = await sendOut(core, deliveryOf(id));
    return { id, first: callOf(core, id, { callId: randomUUID() }), second: callOf(core, id, { callId }) };
  }

  test.each([
    ["first", "second"],
    ["second", "first"],
  ] as const)("the %s that nobody takes leaves the other", async (lost, other) => {
    const calls = await dialedTwice();
    for (let again = 0; again < 2; again += 1) {
      await calls[lost].hear("ended", "no_answer");
      expect(await calls[lost].delivery()).toMatchObject({ status: "sent", error: null });
    }
    expect((await calls[other].hear("person")).next).toMatchObject({ action: "speak", times: 1 });
    expect(await calls[other].hear("spoken")).toMatchObject({ next: hangUp, delivery: "delivered" });
  });

  test("both that nobody takes make the delivery undelivered", async () => {
    const { id, first, second } = await dialedTwice();
    await first.hear("machine");
    expect(await read(core, id)).toMatchObject({ status: "pending" });
    expect(await second.hear("ended", "busy")).toMatchObject({
      delivery: "undelivered",
      verification: "undeliverable",
    });
  });

  test("a machine at one is told nothing, while the person at the other hears the code", async () => {
    const { first, second } = await dialedTwice();
    expect((await first.hear("machine")).next).toEqual(hangUp);
    expect((await second.hear("person")).next).toMatchObject({ action: "speak" });
    expect((await first.hear("person")).next).toEqual(none);
    expect((await first.hear("repeat")).next).toEqual(none);
  });

  test("each is hung up and said the code for itself", async () => {
    const { first, second } = await dialedTwice();
    expect((await first.hear("person")).next).toMatchObject({ action: "speak", times: 1 });
    expect((await second.hear("person")).next).toMatchObject({ action: "speak", times: 1 });
    await first.hear("ended", "completed");
    expect((await second.hear("repeat")).next).toMatchObject({ action: "speak", times: 2 });
  });
});

test("a delivered SMS and a person who is already listening do not disturb each other", async () => {
  const { verification } = await start(core);
  const { id } = verification;
  const messageId = await sendOut(core, deliveryOf(id));
  await escalateDelivery(core, deliveryOf(id));
  const call = callOf(core, id, { number: 2, callId: await sendOut(core, deliveryOf(id, 2)) });
  await call.hear("person");
  await applyReceipt(core, { deliveryId: deliveryOf(id), status: "delivered", reason: null, carrierId: messageId });
  expect((await call.hear("repeat")).next).toMatchObject({ action: "speak", times: 2 });
  expect((await read(core, id)).deliveries).toMatchObject([{ status: "delivered" }, { status: "delivered" }]);
});

test.each(["", "dl_no", `dl_${"A".repeat(32)}_1`])("an event of the unknown delivery %j does nothing", async (id) => {
  const event = { deliveryId: id, callId: "c1", event: "person", reason: null, eventId: "e1" } as const;
  expect(await applyCallEvent(core, event)).toBeUndefined();
});

test("an event of a delivery that its verification does not have does nothing", async () => {
  const call = await dial(core);
  const event = { ...call.event("person"), deliveryId: deliveryOf(call.verificationId, 2) };
  const before = await read(core, call.verificationId);
  expect(await applyCallEvent(core, event)).toBeUndefined();
  expect(await read(core, call.verificationId)).toEqual(before);
});
