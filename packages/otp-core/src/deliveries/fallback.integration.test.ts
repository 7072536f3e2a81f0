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
import { startVerification } from "../verifications/start.ts";
import type { SendOutcome } from "./settle.ts";
import { happenings } from "./workflow.fixture.ts";

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

const { receive, escalate, claim, refuse, deliveries, status: statusOf } = happenings(core, () => id);

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

test("a landline is called at once where the request or the application wants no fallback", async () => {
  const { settings } = core.application;
  const without = { ...core.application, settings: { ...settings, fallback: false } };
  for (const [application, input] of [
    [core.application, { to: "+442071838751", fallback: "none" }],
    [without, { to: "+442071838752" }],
  ] as const) {
    const { verification } = await startVerification(core, application, input);
    expect(verification).toMatchObject({ channel: "call", deliveries: [{ channel: "call" }] });
  }
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
