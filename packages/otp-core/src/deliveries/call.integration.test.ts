import { afterAll, describe, expect, test } from "vitest";
import { callOf, dial, type TestCall } from "../testing/calls.fixture.ts";
import {
  check,
  deliveryOf,
  read,
  sendOut,
  smsThenCall,
  start,
  startTestCore,
} from "../testing/verifications.fixture.ts";
import { escalateDelivery } from "./escalate.ts";

const core = await startTestCore({ settings: smsThenCall });
afterAll(() => core.close());

const none = { action: "none" };
const hangUp = { action: "hang_up" };

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
    expect(await call.delivery()).toMatchObject({ status: "delivered", error: null });
    expect(await call.verificationStatus()).toBe("pending");
  });

  test("and hung up while it was being said may have heard it: the delivery is unconfirmed", async () => {
    const call = await answeredCall();
    expect(await call.hear("ended", "completed")).toMatchObject({ next: none, delivery: "unconfirmed", changed: true });
    expect(await call.delivery()).toMatchObject({ status: "unconfirmed", error: "hung_up" });
    expect(await call.verificationStatus()).toBe("pending");
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
    expect(await call.delivery()).toMatchObject({ status: "undelivered", error: "machine" });
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
      expect(await call.verificationStatus()).toBe("pending");
    },
  );

  test("that the call ended is no other reason", async () => {
    const call = await dial(core);
    await call.hear("machine");
    await call.hear("ended", "completed");
    expect(await call.delivery()).toMatchObject({ status: "undelivered", error: "machine" });
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
    expect(await call.delivery()).toMatchObject({ status: "undelivered", error: reason });
  });

  test("or was hung up before anything was said is undelivered", async () => {
    const call = await dial(core);
    await call.hear("answered");
    await call.hear("ended", "completed");
    expect(await call.delivery()).toMatchObject({ status: "undelivered", error: "hung_up" });
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

  const heardOut = ["spoken", "repeat"] as const;
  const others = events.filter((event) => !heardOut.some((each) => each === event));

  test.each(heardOut)("was heard to the end, as is told only then, and asks for nothing: %s", async (event) => {
    const call = await answeredCall();
    await call.hear("ended", "completed");
    const heard = { next: none, delivery: "delivered", verification: "pending", changed: true };
    expect(await call.hear(event)).toMatchObject(heard);
    expect(await call.hear(event)).toMatchObject({ ...heard, changed: false });
  });

  test.each(others)("changes no more, and asks for nothing: %s", async (event) => {
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
