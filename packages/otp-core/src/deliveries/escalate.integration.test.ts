import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { callJobs } from "../queue/jobs.fixture.ts";
import { callOf } from "../testing/calls.fixture.ts";
import {
  check,
  claimToSend,
  deliveryOf,
  read,
  sendOut,
  settle,
  smsThenCall,
  start,
  startedId,
  startTestCore,
} from "../testing/verifications.fixture.ts";
import { resendVerification } from "../verifications/resend.ts";
import type { WorkflowStep } from "../workflow.ts";
import { escalateDelivery } from "./escalate.ts";
import { happenings } from "./workflow.fixture.ts";

const core = await startTestCore({ settings: smsThenCall });
const jobs = callJobs(core);
afterAll(async () => {
  await jobs.close();
  await core.close();
});

const [SMS, CALL] = [1, 2];

let id: string;
beforeEach(async () => {
  id = await startedId(core);
});

const { receive, escalate, claim, resend, deliveries } = happenings(core, () => id);

async function expectCall(sms: string): Promise<void> {
  expect(await deliveries()).toEqual([`sms ${sms}`, "call queued"]);
  expect(await jobs.timesWaiting(deliveryOf(id, CALL))).toBe(1);
}

async function expectNoCall(): Promise<void> {
  expect((await deliveries()).filter((delivery) => delivery.startsWith("call"))).toEqual([]);
  expect(await jobs.find(deliveryOf(id, CALL))).toBeUndefined();
}

describe("patience", () => {
  test("is told to the worker, for every step but the last", async () => {
    expect((await claimToSend(core, deliveryOf(id))).patienceMs).toBe(30_000);
    await escalate();
    expect((await claimToSend(core, deliveryOf(id, CALL))).patienceMs).toBeUndefined();
  });

  test("is told again to whoever finds the SMS sent, as its escalation may not have been scheduled", async () => {
    await sendOut(core, deliveryOf(id));
    expect(await claim(SMS)).toMatchObject({ outcome: "done", status: "sent", patienceMs: 30_000 });
    await escalate();
    expect(await claim(SMS)).toEqual({ outcome: "done", status: "sent" });
  });

  test.each(["sent", "unconfirmed"] as const)("that ends leads from an SMS that is %s to the call", async (status) => {
    await sendOut(core, deliveryOf(id));
    await receive(status);
    expect(await escalate()).toEqual({
      outcome: "escalated",
      channel: "sms",
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
    expect(await escalate()).toEqual({
      outcome: "unneeded",
      channel: "sms",
      delivery: "delivered",
      verification: "pending",
    });
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

  test("that ends leads from the second step to the third, and from a message outside the workflow nowhere", async () => {
    const [sms, call] = smsThenCall.workflow;
    const three = await startTestCore({ settings: { workflow: [sms, call, call] as WorkflowStep[] } });
    const { verification } = await start(three);
    const delivery = (number: number) => deliveryOf(verification.id, number);
    await escalateDelivery(three, delivery(SMS));
    await three.age(verification.id, 30);
    await resendVerification(three, three.application, verification.id, "sms");
    expect(await escalateDelivery(three, delivery(3))).toMatchObject({ outcome: "unneeded" });
    expect((await claimToSend(three, delivery(CALL))).patienceMs).toBe(30_000);
    expect(await escalateDelivery(three, delivery(CALL))).toMatchObject({ outcome: "escalated" });
    expect((await read(three, verification.id)).deliveries.map(({ channel }) => channel)).toEqual([
      "sms",
      "call",
      "sms",
      "call",
    ]);
    await three.close();
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

  test("while an SMS before it waits for its next attempt keeps that from being sent", async () => {
    const { ref } = await claimToSend(core, deliveryOf(id));
    await settle(core, ref, { outcome: "retry", reason: "carrier_unavailable" });
    await escalate();
    const callAttempt = await claimToSend(core, deliveryOf(id, CALL));
    await settle(core, callAttempt.ref, { outcome: "sent", carrierId: "call" });
    const call = callOf(core, id, { number: CALL, callId: "call" });
    await call.hear("person");
    await call.hear("spoken");
    expect(await claim(SMS)).toEqual({ outcome: "skipped", reason: "delivered" });
    expect(await deliveries()).toEqual(["sms skipped", "call delivered"]);
  });

  test("does not keep a call from being made that the person asked for", async () => {
    await sendOut(core, deliveryOf(id));
    await receive("delivered");
    await core.age(id, 30);
    await resend("call");
    expect(await claim(CALL)).toMatchObject({ outcome: "send" });
  });
});
