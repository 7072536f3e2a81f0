import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { callJobs } from "../queue/jobs.fixture.ts";
import { callOf } from "../testing/calls.fixture.ts";
import { randomNumber } from "../testing/index.fixture.ts";
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
  startedId,
  startTestCore,
} from "../testing/verifications.fixture.ts";
import { resendVerification } from "../verifications/resend.ts";
import { claimDelivery } from "./claim.ts";
import { escalateDelivery } from "./escalate.ts";
import { applyReceipt, type Receipt } from "./receipt.ts";
import type { SendOutcome } from "./settle.ts";

const core = await startTestCore({ settings: smsThenCall });
const smsOnly = await startTestCore();
const jobs = callJobs(core);
afterAll(async () => {
  await jobs.close();
  await Promise.all([core.close(), smsOnly.close()]);
});

const [SMS, CALL] = [1, 2];
const refused: SendOutcome = { outcome: "failed", reason: "invalid_number" };

let id: string;
beforeEach(async () => {
  id = await startedId(core);
});

const receive = (status: Receipt["status"], carrierId = "m1", number = SMS) =>
  applyReceipt(core, { deliveryId: deliveryOf(id, number), status, reason: null, carrierId });
const escalate = (number = SMS) => escalateDelivery(core, deliveryOf(id, number));
const claim = (number: number) => claimDelivery(core, deliveryOf(id, number));
const refuse = async (number: number) => settle(core, (await claimToSend(core, deliveryOf(id, number))).ref, refused);
const resend = (channel: "sms" | "call") => resendVerification(core, core.application, id, channel);

/** `channel status` of each delivery. */
const deliveries = async () => (await read(core, id)).deliveries.map(({ channel, status }) => `${channel} ${status}`);
const statusOf = async () => (await read(core, id)).status;

async function expectCall(sms: string): Promise<void> {
  expect(await read(core, id)).toMatchObject({
    status: "pending",
    channel: "sms",
    deliveries: [{ status: sms }, { channel: "call", carrier: "telnyx", status: "queued", error: null, attempts: [] }],
  });
  expect(await jobs.timesWaiting(deliveryOf(id, CALL))).toBe(1);
  expect((await jobs.find(deliveryOf(id, CALL)))?.data).toEqual({ deliveryId: deliveryOf(id, CALL) });
}

async function expectNoCall(): Promise<void> {
  expect((await deliveries()).filter((delivery) => delivery.startsWith("call"))).toEqual([]);
  expect(await jobs.find(deliveryOf(id, CALL))).toBeUndefined();
}

describe("a call follows at once", () => {
  test("an SMS that the carrier refuses for good", async () => {
    await refuse(SMS);
    await expectCall("failed");
  });

  test("a receipt that says undelivered", async () => {
    await sendOut(core, deliveryOf(id));
    await receive("undelivered");
    await expectCall("undelivered");
  });

  test("a refusal after an uncertain request whose message was lost", async () => {
    const { ref } = await claimToSend(core, deliveryOf(id));
    await settle(core, ref, { outcome: "uncertain", reason: "timeout" });
    await core.age(id, 10);
    const second = await claimToSend(core, deliveryOf(id));
    await receive("undelivered");
    await expectNoCall();
    await settle(core, second.ref, refused);
    await expectCall("failed");
  });

  test("only once, however often and by whomever that is said", async () => {
    const { ref } = await claimToSend(core, deliveryOf(id));
    await Promise.all(Array.from({ length: 20 }, () => receive("undelivered")));
    await settle(core, ref, refused);
    await Promise.all(Array.from({ length: 20 }, () => escalate()));
    await claim(SMS);
    await expectCall("undelivered");
  });

  test("and says the same code", async () => {
    const code = await core.codeOf(id);
    await refuse(SMS);
    expect(await claim(CALL)).toMatchObject({ outcome: "send", code });
  });
});

describe("no call follows", () => {
  test.each([
    ["retry", "queued"],
    ["uncertain", "uncertain"],
  ] as const)("a request with the outcome %s", async (outcome, status) => {
    const { ref } = await claimToSend(core, deliveryOf(id));
    expect(await settle(core, ref, { outcome, reason: "timeout" })).toBe(status);
    await expectNoCall();
  });

  test.each(["sent", "delivered", "unconfirmed"] as const)("a receipt that says %s", async (status) => {
    await sendOut(core, deliveryOf(id));
    await receive(status);
    await expectNoCall();
  });

  test("where the request wants none: the verification is undeliverable then", async () => {
    id = (await start(core, randomNumber(), { fallback: "none" })).verification.id;
    await refuse(SMS);
    await expectNoCall();
    expect(await statusOf()).toBe("undeliverable");
  });

  test("where none is set up: the verification is undeliverable then", async () => {
    id = await startedId(smsOnly);
    const { ref, patienceMs } = await claimToSend(smsOnly, deliveryOf(id));
    expect(patienceMs).toBeUndefined();
    await settle(smsOnly, ref, refused);
    expect(await read(smsOnly, id)).toMatchObject({ status: "undeliverable", deliveries: [{ status: "failed" }] });
  });

  test.each(["approved", "failed", "canceled", "expired"] as const)("once the verification is %s", async (status) => {
    const { ref } = await claimToSend(core, deliveryOf(id));
    await endings[status](core, id);
    await settle(core, ref, refused);
    await receive("undelivered");
    expect(await escalate()).toMatchObject({ outcome: "unneeded", verification: status });
    await expectNoCall();
  });
});

test("the application's setting decides where a request says nothing of a fallback", async () => {
  const settings = { ...core.application.settings, fallback: false };
  const without = { ...core, application: { ...core.application, settings } };
  id = await startedId(without);
  await refuse(SMS);
  await expectNoCall();

  id = (await start(without, randomNumber(), { fallback: "call" })).verification.id;
  await refuse(SMS);
  await expectCall("failed");
});

describe("patience", () => {
  test("is told to the worker, for every step but the last", async () => {
    expect((await claimToSend(core, deliveryOf(id))).patienceMs).toBe(30_000);
    await escalate();
    expect((await claimToSend(core, deliveryOf(id, CALL))).patienceMs).toBeUndefined();
  });

  test("is told again to whoever finds the SMS sent, as its escalation may not have been scheduled", async () => {
    await sendOut(core, deliveryOf(id));
    expect(await claim(SMS)).toEqual({ outcome: "done", status: "sent", patienceMs: 30_000 });
    await escalate();
    expect(await claim(SMS)).toEqual({ outcome: "done", status: "sent" });
  });

  test.each(["sent", "unconfirmed"] as const)("that ends leads from an SMS that is %s to the call", async (status) => {
    await sendOut(core, deliveryOf(id));
    await receive(status);
    expect(await escalate()).toEqual({
      outcome: "escalated",
      delivery: status,
      verification: "pending",
      next: "call",
    });
    await expectCall(status);
  });

  test("that ends leads from an SMS that has not even been sent to the call", async () => {
    await settle(core, (await claimToSend(core, deliveryOf(id))).ref, { outcome: "retry", reason: "rate_limited" });
    expect(await escalate()).toMatchObject({ outcome: "escalated", delivery: "queued" });
    await expectCall("queued");
  });

  test("that ends leads nowhere where the SMS was delivered", async () => {
    await sendOut(core, deliveryOf(id));
    await receive("delivered");
    expect(await escalate()).toEqual({ outcome: "unneeded", delivery: "delivered", verification: "pending" });
    await expectNoCall();
  });

  test("that ends leads nowhere where another SMS was delivered", async () => {
    await sendOut(core, deliveryOf(id));
    await core.age(id, 30);
    await resend("sms");
    await sendOut(core, deliveryOf(id, 2));
    await receive("delivered", "m2", 2);
    expect(await escalate()).toMatchObject({ outcome: "unneeded", delivery: "sent" });
    expect(await deliveries()).toEqual(["sms sent", "sms delivered"]);
  });

  test("that ends leads nowhere where the workflow has gone on", async () => {
    await sendOut(core, deliveryOf(id));
    await receive("undelivered");
    expect(await escalate()).toMatchObject({ outcome: "unneeded", delivery: "undelivered" });
    await expectCall("undelivered");
  });

  test("that ends leads nowhere from the last step", async () => {
    await escalate();
    await sendOut(core, deliveryOf(id, CALL));
    expect(await escalate(CALL)).toMatchObject({ outcome: "unneeded", delivery: "sent" });
    expect(await deliveries()).toEqual(["sms queued", "call sent"]);
  });

  test("of two messages of one step leads to one call", async () => {
    await sendOut(core, deliveryOf(id));
    await core.age(id, 30);
    await resend("sms");
    expect((await claimToSend(core, deliveryOf(id, 2))).patienceMs).toBe(30_000);
    expect(await escalate(1)).toMatchObject({ outcome: "escalated" });
    expect(await escalate(2)).toMatchObject({ outcome: "unneeded" });
    expect(await deliveries()).toEqual(["sms sent", "sms sending", "call queued"]);
  });

  test("of an unknown or forgotten delivery is nothing", async () => {
    for (const unknown of ["", "dl_no", `dl_${"A".repeat(32)}_1`, deliveryOf(id, 7)]) {
      expect(await escalateDelivery(core, unknown)).toBeUndefined();
    }
  });
});

describe("an SMS that was delivered", () => {
  test("between the escalation and the call's turn keeps the call from being made", async () => {
    await sendOut(core, deliveryOf(id));
    await escalate();
    await receive("delivered");
    expect(await claim(CALL)).toEqual({ outcome: "skipped", reason: "delivered" });
    expect(await read(core, id)).toMatchObject({
      status: "pending",
      deliveries: [
        { status: "delivered" },
        { status: "skipped", error: "delivered", attempts: [{ outcome: "skipped", reason: "delivered" }] },
      ],
    });
    expect(await claim(CALL)).toEqual({ outcome: "done", status: "skipped" });
    expect(await check(core, id, await core.codeOf(id))).toMatchObject({ valid: true });
  });

  test("while the call waits for its next attempt keeps it from being made again", async () => {
    await sendOut(core, deliveryOf(id));
    await escalate();
    const { ref } = await claimToSend(core, deliveryOf(id, CALL));
    await settle(core, ref, { outcome: "retry", reason: "rate_limited" });
    await receive("delivered");
    expect(await claim(CALL)).toEqual({ outcome: "skipped", reason: "delivered" });
  });

  test("while it is uncertain whether the call was made keeps it from being made again; it stays uncertain", async () => {
    await sendOut(core, deliveryOf(id));
    await escalate();
    const { ref } = await claimToSend(core, deliveryOf(id, CALL));
    await settle(core, ref, { outcome: "uncertain", reason: "timeout" });
    await receive("delivered");
    await core.age(id, 10);
    expect(await claim(CALL)).toEqual({ outcome: "skipped", reason: "delivered" });
    expect(await deliveries()).toEqual(["sms delivered", "call uncertain"]);
  });

  test("does not keep a call from being made that the person asked for", async () => {
    await sendOut(core, deliveryOf(id));
    await receive("delivered");
    await core.age(id, 30);
    await resend("call");
    expect(await claim(CALL)).toMatchObject({ outcome: "send" });
  });
});

describe("a call that the person asks for", () => {
  test("counts as the step: no other call follows the SMS", async () => {
    await sendOut(core, deliveryOf(id));
    await core.age(id, 30);
    await resend("call");
    expect(await escalate()).toMatchObject({ outcome: "unneeded" });
    await receive("undelivered");
    expect(await deliveries()).toEqual(["sms undelivered", "call queued"]);
    expect(await statusOf()).toBe("pending");
  });

  test("and comes to nothing, after the SMS did, makes the verification undeliverable", async () => {
    await sendOut(core, deliveryOf(id));
    await core.age(id, 30);
    await resend("call");
    await receive("undelivered");
    await refuse(CALL);
    expect(await statusOf()).toBe("undeliverable");
  });

  test("by starting again counts as well", async () => {
    const { phone } = await claimToSend(core, deliveryOf(id));
    await core.age(id, 30);
    await start(core, phone, { channel: "call" });
    expect(await escalate()).toMatchObject({ outcome: "unneeded" });
    expect(await deliveries()).toEqual(["sms sending", "call queued"]);
  });

  test("after the workflow's call is another call, and the workflow stays where it is", async () => {
    await escalate();
    await sendOut(core, deliveryOf(id, CALL));
    await core.age(id, 30);
    await resend("call");
    await refuse(3);
    expect(await deliveries()).toEqual(["sms queued", "call sent", "call failed"]);
    expect(await statusOf()).toBe("pending");
  });
});

test("an SMS that is asked for after the call is outside the workflow: nothing follows it", async () => {
  await escalate();
  await core.age(id, 30);
  await resend("sms");
  expect((await claimToSend(core, deliveryOf(id, 3))).patienceMs).toBeUndefined();
  expect(await escalate(3)).toMatchObject({ outcome: "unneeded" });
  await receive("undelivered", "m3", 3);
  expect(await deliveries()).toEqual(["sms queued", "call queued", "sms undelivered"]);
});

describe("a verification is undeliverable when all has failed and no step is left", () => {
  test("the SMS, then the call", async () => {
    await refuse(SMS);
    expect(await statusOf()).toBe("pending");
    await refuse(CALL);
    expect(await statusOf()).toBe("undeliverable");
  });

  test("the call, then the SMS", async () => {
    await sendOut(core, deliveryOf(id));
    await escalate();
    await refuse(CALL);
    expect(await statusOf()).toBe("pending");
    await receive("undelivered");
    expect(await statusOf()).toBe("undeliverable");
  });

  test("and not while the SMS may still arrive", async () => {
    await sendOut(core, deliveryOf(id));
    await receive("unconfirmed");
    await escalate();
    await refuse(CALL);
    expect(await statusOf()).toBe("pending");
    expect(await check(core, id, await core.codeOf(id))).toMatchObject({ valid: true });
  });

  test("and not while the call may still be answered", async () => {
    await refuse(SMS);
    const callId = await sendOut(core, deliveryOf(id, CALL));
    expect(await statusOf()).toBe("pending");
    await callOf(core, id, { number: CALL, callId }).hear("ended", "no_answer");
    expect(await statusOf()).toBe("undeliverable");
  });
});

test("a landline is called at once, and nothing follows", async () => {
  const { verification } = await start(core, "+442071838750");
  expect(verification).toMatchObject({ channel: "call", deliveries: [{ channel: "call", status: "queued" }] });
  ({ id } = verification);
  expect(await jobs.timesWaiting(deliveryOf(id))).toBe(1);
  const { ref, country, patienceMs } = await claimToSend(core, deliveryOf(id));
  expect({ country, patienceMs }).toEqual({ country: "GB", patienceMs: undefined });
  await settle(core, ref, refused);
  expect(await read(core, id)).toMatchObject({ status: "undeliverable", deliveries: [{ channel: "call" }] });
});

test("the call of the workflow does not lengthen the gap before the next resend", async () => {
  await escalate();
  await core.age(id, 30);
  const { resendAt, deliveries } = await resend("sms");
  expect(resendAt.getTime() - (deliveries[2]?.createdAt.getTime() ?? 0)).toBe(60_000);
});

test("the call of the workflow does not count against the number's limit of requests", async () => {
  const to = randomNumber();
  id = await startedId(core, to);
  await escalate();
  for (let request = 2; request <= 5; request += 1) await start(core, to);
  await expect(start(core, to)).rejects.toMatchObject({ code: "too_many_requests" });
});
