import { once } from "node:events";
import { setImmediate as immediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { applyCallEvent } from "../deliveries/call.ts";
import type { CallEventJob } from "../deliveries/call-event.ts";
import { claimDelivery } from "../deliveries/claim.ts";
import { escalateDelivery } from "../deliveries/escalate.ts";
import { applyReceipt, type Receipt } from "../deliveries/receipt.ts";
import { settleDelivery } from "../deliveries/settle.ts";
import { deliveryQueue } from "../core.ts";
import { smsJobs } from "../queue/jobs.fixture.ts";
import { type Proxy, randomNumber, startProxy, type TestCore } from "../testing/index.fixture.ts";
import {
  attemptOf,
  check,
  deliveryOf,
  read,
  start,
  startedId,
  startTestCore,
  wrong,
} from "../testing/verifications.fixture.ts";
import { cancelVerification } from "../verifications/cancel.ts";
import { checkNumber } from "../verifications/check.ts";
import { resendVerification } from "../verifications/resend.ts";
import { isRedisUnavailable } from "./redis.ts";

/** What the API promises its callers, the answer included. */
const ANSWERED_WITHIN_MS = 2000;

let direct: TestCore;
let proxy: Proxy;
let core: TestCore;
beforeEach(async () => {
  direct = await startTestCore();
  proxy = await startProxy(direct.redisUrl);
  core = await startTestCore({ applicationId: direct.application.id, redisUrl: proxy.url });
});
afterEach(async () => {
  await core.close();
  await proxy.close();
  await direct.close();
});

function everyUseCase(id: string, to: string): Record<string, () => Promise<unknown>> {
  const deliveryId = deliveryOf(id);
  const receipt: Receipt = { deliveryId, status: "delivered", reason: null, carrierId: "m1" };
  const event: CallEventJob = { deliveryId, callId: "c1", event: "person", reason: null, eventId: `of-${deliveryId}` };
  return {
    start: () => start(core, to),
    check: () => check(core, id, "123456"),
    "check by number": () => checkNumber(core, core.application, to, "123456"),
    resend: () => resendVerification(core, core.application, id, "sms"),
    cancel: () => cancelVerification(core, core.application, id),
    read: () => read(core, id),
    claim: () => claimDelivery(core, deliveryId),
    settle: () => settleDelivery(core, attemptOf(id), { outcome: "sent", carrierId: "m1" }),
    receipt: () => applyReceipt(core, receipt),
    "event of a call": () => applyCallEvent(core, event),
    escalate: () => escalateDelivery(core, deliveryId),
    "enqueue a delivery": () => core.queues.add(deliveryQueue("sms", "telnyx"), deliveryId),
    "enqueue a receipt": () => core.queues.addReceipt(receipt, `event-of-${deliveryId}`),
    "enqueue an event of a call": () => core.queues.addCallEvent(event),
    "enqueue an escalation": () => core.queues.escalate(deliveryId, 1000),
  };
}

/** How each use case ends: `unavailable`, or what it said instead. */
async function attempt(useCases: Record<string, () => Promise<unknown>>): Promise<Record<string, unknown>> {
  const ends = Object.entries(useCases).map(async ([name, run]) => {
    const begun = performance.now();
    const end = await run().then(
      () => "succeeded",
      (error: unknown) => (isRedisUnavailable(error) ? "unavailable" : error),
    );
    const tookMs = performance.now() - begun;
    return [name, tookMs < ANSWERED_WITHIN_MS ? end : `${String(end)} after ${tookMs} ms`];
  });
  return Object.fromEntries(await Promise.all(ends)) as Record<string, unknown>;
}

const outages: Record<string, () => Promise<void> | void> = {
  "gone (connections are refused)": () => proxy.cut(),
  "silent (connections stay, nothing is answered)": () => proxy.hang(),
};

describe.each(Object.entries(outages))("while Redis is %s", (_outage, begin) => {
  test.each([
    ["after the queues had been used", true],
    ["before the queues were ever used", false],
  ])("every use case says in time that it is unavailable, and works again afterwards: %s", async (_when, used) => {
    const to = randomNumber();
    const id = await startedId(used ? core : direct, to);
    const { redis } = core;
    const useCases = everyUseCase(id, to);
    const unavailable = Object.fromEntries(Object.keys(useCases).map((name) => [name, "unavailable"]));

    await begin();
    expect(await attempt(useCases)).toEqual(unavailable);

    const ready = once(redis, "ready");
    await proxy.restore();
    await ready;
    const { verification } = await start(core);
    expect(await check(core, verification.id, await core.codeOf(verification.id))).toMatchObject({ valid: true });
    const jobs = smsJobs(direct);
    expect(await jobs.timesWaiting(deliveryOf(verification.id))).toBe(1);
    await jobs.close();
  });

  test("what was refused is not carried out after all behind the caller's back, once Redis is back", async () => {
    const to = randomNumber();
    const id = await startedId(core, to);
    const before = await read(direct, id);
    const code = await direct.codeOf(id);
    await begin();
    await attempt({ right: () => check(core, id, code), wrong: () => check(core, id, wrong(code)) });
    const ready = once(core.redis, "ready");
    await proxy.restore();
    await ready;
    expect(await read(core, id)).toEqual(before);
  });
});

test("what is under way when the connection breaks is refused as unavailable, at once", async () => {
  const to = randomNumber();
  const useCases = everyUseCase(await startedId(core, to), to);
  proxy.hang();
  const ends = attempt(useCases);
  await immediate();
  await proxy.cut();
  expect(await ends).toEqual(Object.fromEntries(Object.keys(useCases).map((name) => [name, "unavailable"])));
});
