import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import { callOf, dial, type TestCall } from "../testing/calls.fixture.ts";
import {
  check,
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

const core = await startTestCore({ settings: smsThenCall });
afterAll(() => core.close());

const none = { action: "none" };
const hangUp = { action: "hang_up" };

const deliveryIn = async ({ verificationId, deliveryId }: TestCall) =>
  (await read(core, verificationId)).deliveries.find(({ id }) => id === deliveryId);
const statusOf = async ({ verificationId }: TestCall) => (await read(core, verificationId)).status;
const codeOf = ({ verificationId }: TestCall) => core.codeOf(verificationId);

/** A call in which the person has heard the code once. */
async function answeredCall() {
  const call = await dial(core);
  await call.hear("answered");
  const person = call.event("person");
  await call.hear(person);
  return { ...call, person };
}

describe("a person who answers", () => {
  test("hears the code, in their language", async () => {
    const call = await dial(core, { locale: "pt-BR" });
    expect(await call.hear("ringing")).toMatchObject({ next: none, delivery: "sent" });
    expect(await call.hear("answered")).toMatchObject({ next: none, delivery: "sent" });
    expect(await call.hear("person")).toEqual({
      applicationId: core.application.id,
      next: {
        action: "speak",
        code: await codeOf(call),
        locale: "pt-BR",
        applicationId: core.application.id,
        times: 1,
      },
      delivery: "sent",
      changed: false,
      verification: "pending",
      carrier: "telnyx",
      elapsedMs: expect.any(Number),
    });
  });

  test("may type it while it is being said", async () => {
    const call = await answeredCall();
    expect(await check(core, call.verificationId, await codeOf(call))).toMatchObject({ valid: true });
  });

  test("hears it although nothing said before that the phone rang or was answered", async () => {
    const call = await dial(core);
    expect((await call.hear("person")).next).toMatchObject({ action: "speak", times: 1 });
  });

  test("hears it once, however often the carrier says that it is a person", async () => {
    const call = await answeredCall();
    expect((await call.hear("person")).next).toEqual(none);
    expect((await call.hear("person")).next).toEqual(none);
  });

  test("and heard it to its end: the call is hung up, and the code has arrived", async () => {
    const call = await answeredCall();
    expect(await call.hear("spoken")).toMatchObject({ next: hangUp, delivery: "delivered", changed: true });
    expect(await call.hear("ended", "completed")).toMatchObject({ next: none, delivery: "delivered", changed: false });
    expect(await deliveryIn(call)).toMatchObject({ status: "delivered", error: null });
    expect(await statusOf(call)).toBe("pending");
  });

  test("and hung up while it was being said may have heard it: the delivery is unconfirmed", async () => {
    const call = await answeredCall();
    expect(await call.hear("ended", "completed")).toMatchObject({ next: none, delivery: "unconfirmed", changed: true });
    expect(await deliveryIn(call)).toMatchObject({ status: "unconfirmed", error: "hung_up" });
    expect(await statusOf(call)).toBe("pending");
  });

  test("may have it said three times more, and is hung up on then", async () => {
    const call = await answeredCall();
    const code = await codeOf(call);
    for (const times of [2, 3, 4]) {
      expect(await call.hear("repeat")).toMatchObject({
        next: { action: "speak", code, times },
        delivery: "delivered",
      });
    }
    expect((await call.hear("repeat")).next).toEqual(hangUp);
    expect((await call.hear("repeat")).next).toEqual(hangUp);
    expect((await call.hear("spoken")).next).toEqual(hangUp);
  });
});

describe("the same event again gives the same command", () => {
  test("person", async () => {
    const call = await answeredCall();
    const first = {
      action: "speak",
      code: await codeOf(call),
      locale: "",
      applicationId: core.application.id,
      times: 1,
    };
    expect((await call.hear(call.person)).next).toEqual(first);
    expect((await call.hear(call.person)).next).toEqual(first);
  });

  test("repeat", async () => {
    const call = await answeredCall();
    const repeat = call.event("repeat");
    const { next } = await call.hear(repeat);
    expect(next).toMatchObject({ action: "speak", times: 2 });
    expect((await call.hear(repeat)).next).toEqual(next);
    expect((await call.hear("repeat")).next).toMatchObject({ action: "speak", times: 3 });
  });

  test("spoken", async () => {
    const call = await answeredCall();
    const spoken = call.event("spoken");
    expect((await call.hear(spoken)).next).toEqual(hangUp);
    expect(await call.hear(spoken)).toMatchObject({ next: hangUp, changed: false });
  });

  test("machine", async () => {
    const call = await dial(core);
    const machine = call.event("machine");
    expect(await call.hear(machine)).toMatchObject({ next: hangUp, changed: true });
    expect(await call.hear(machine)).toMatchObject({ next: hangUp, changed: false });
  });

  test("but an old one does not bring back what is over", async () => {
    const call = await answeredCall();
    await call.hear("repeat");
    expect((await call.hear(call.person)).next).toEqual(none);
    await call.hear("ended", "completed");
    expect((await call.hear(call.person)).next).toEqual(none);
  });
});

describe("a machine", () => {
  test("hears nothing: the call is hung up, and the code has not arrived", async () => {
    const call = await dial(core);
    await call.hear("answered");
    expect(await call.hear("machine")).toMatchObject({
      next: hangUp,
      delivery: "undelivered",
      verification: "undeliverable",
      changed: true,
    });
    expect(await deliveryIn(call)).toMatchObject({ status: "undelivered", error: "machine" });
  });

  test.each(["person", "spoken", "repeat", "answered", "ringing"] as const)(
    "hears nothing whatever is said of the call afterwards: %s",
    async (event) => {
      // Another delivery keeps the verification, and the code, alive.
      const { verification } = await start(core);
      await escalateDelivery(core, deliveryOf(verification.id));
      const callId = await sendOut(core, deliveryOf(verification.id, 2));
      const call = callOf(core, verification.id, { number: 2, callId });
      await call.hear("machine");
      expect((await call.hear(event)).next).toEqual(none);
      expect(await statusOf(call)).toBe("pending");
    },
  );

  test("that the call ended is no other reason", async () => {
    const call = await dial(core);
    await call.hear("machine");
    await call.hear("ended", "completed");
    expect(await deliveryIn(call)).toMatchObject({ status: "undelivered", error: "machine" });
  });

  test("is no machine once the person listens", async () => {
    const call = await answeredCall();
    expect(await call.hear("machine")).toMatchObject({ next: none, delivery: "sent" });
  });
});

describe("a call that nobody took", () => {
  test.each(["busy", "no_answer", "rejected"])("is undelivered for the reason %s", async (reason) => {
    const call = await dial(core);
    await call.hear("ringing");
    expect(await call.hear("ended", reason)).toMatchObject({
      next: none,
      delivery: "undelivered",
      verification: "undeliverable",
      changed: true,
    });
    expect(await deliveryIn(call)).toMatchObject({ status: "undelivered", error: reason });
  });

  test("or was hung up before anything was said is undelivered", async () => {
    const call = await dial(core);
    await call.hear("answered");
    await call.hear("ended", "completed");
    expect(await deliveryIn(call)).toMatchObject({ status: "undelivered", error: "hung_up" });
  });

  test("leaves the verification pending while the SMS may still arrive", async () => {
    const { verification } = await start(core);
    await sendOut(core, deliveryOf(verification.id));
    await escalateDelivery(core, deliveryOf(verification.id));
    const callId = await sendOut(core, deliveryOf(verification.id, 2));
    const busy = await callOf(core, verification.id, { number: 2, callId }).hear("ended", "busy");
    expect(busy).toMatchObject({ delivery: "undelivered", verification: "pending" });
  });
});

describe("a call that is over", () => {
  const events = ["ringing", "answered", "person", "machine", "spoken", "repeat", "ended"] as const;

  test.each(events)("changes no more, and asks for nothing: %s", async (event) => {
    const call = await answeredCall();
    await call.hear("ended", "completed");
    const before = await read(core, call.verificationId);
    expect(await call.hear(event, "busy")).toMatchObject({ next: none, delivery: "unconfirmed", changed: false });
    expect(await read(core, call.verificationId)).toEqual(before);
  });

  test.each(events)("before it was answered changes no more, and asks for nothing: %s", async (event) => {
    const { verification } = await start(core);
    await escalateDelivery(core, deliveryOf(verification.id));
    const callId = await sendOut(core, deliveryOf(verification.id, 2));
    const call = callOf(core, verification.id, { number: 2, callId });
    await call.hear("ended", "busy");
    const before = await read(core, verification.id);
    expect(await call.hear(event)).toMatchObject({ next: none, delivery: "undelivered", changed: false });
    expect(await read(core, verification.id)).toEqual(before);
  });
});

describe.each(["approved", "failed", "canceled", "expired"] as const)("once the verification is %s", (status) => {
  test("a person who answers is hung up on", async () => {
    const call = await dial(core);
    await endings[status](core, call.verificationId);
    expect((await call.hear("ringing")).next).toEqual(none);
    expect(await call.hear("answered")).toMatchObject({ next: hangUp, verification: status });
    expect((await call.hear("person")).next).toEqual(hangUp);
    expect((await call.hear("person")).next).toEqual(hangUp);
    expect(await statusOf(call)).toBe(status);
  });

  test("a person who wants to hear it again is hung up on, and so is a command that is asked for again", async () => {
    const call = await answeredCall();
    await endings[status](core, call.verificationId);
    expect((await call.hear(call.person)).next).toEqual(hangUp);
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
    expect((await deliveryIn(call))?.attempts).toMatchObject([{ outcome: null, carrierId: call.callId }]);
    expect(await settle(core, ref, { outcome: "uncertain", reason: "timeout" })).toBe("sent");
    expect((await deliveryIn(call))?.attempts).toMatchObject([{ outcome: "uncertain", carrierId: call.callId }]);
    expect(await claimDelivery(core, call.deliveryId)).toEqual({ outcome: "done", status: "sent" });
  });

  test("stand, whatever the response says then", async () => {
    const { verification } = await start(core, undefined, { channel: "call" });
    const { ref } = await claimToSend(core, deliveryOf(verification.id));
    const call = callOf(core, verification.id);
    await call.hear("person");
    await call.hear("spoken");
    expect(await settle(core, ref, { outcome: "failed", reason: "refused" })).toBe("delivered");
    expect(await statusOf(call)).toBe("pending");
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
      expect(await deliveryIn(calls[lost])).toMatchObject({ status: "sent", error: null });
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
