import { describe, expect, test } from "vitest";
import type { Decision } from "../core.ts";
import type { LimitOverrides } from "../limits/policies.ts";
import { listDecisions } from "../limits/lift.ts";
import { randomNumber, type TestCore, type TestCoreOptions } from "../testing/index.fixture.ts";
import { numberKey } from "../store/keys.ts";
import { coreWith } from "../testing/limits.fixture.ts";
import {
  check,
  claimToSend,
  deliveryOf,
  read,
  refOf,
  sendOut,
  settle,
  smsThenCall,
  start,
  startedId,
  wrong,
} from "../testing/verifications.fixture.ts";
import { resendVerification } from "../verifications/resend.ts";
import { claimDelivery } from "./claim.ts";
import { escalateDelivery } from "./escalate.ts";
import { applyReceipt } from "./receipt.ts";

/** Only these limits, enforced, for an SMS that a call follows; and what they decided. */
async function having(limits: LimitOverrides, settings: TestCoreOptions["settings"] = {}) {
  const core = await coreWith(limits, { ...smsThenCall, ...settings });
  const decisions: Decision[] = [];
  core.onDecision = (decision) => void decisions.push(decision);
  return { core, decisions };
}

const [SMS, CALL] = [1, 2];
const hour = (limit: number) => ({ limit, windowSeconds: 3600 });

/** The ways in which a workflow goes on to a call. */
const causes = {
  "an SMS that was not confirmed in time": async (core: TestCore, id: string) => {
    await sendOut(core, deliveryOf(id, SMS));
    await escalateDelivery(core, deliveryOf(id, SMS));
  },
  "an SMS that the carrier refused": async (core: TestCore, id: string) => {
    const { ref } = await claimToSend(core, deliveryOf(id, SMS));
    await settle(core, ref, { outcome: "failed", reason: "invalid_number" });
  },
  "an SMS that did not arrive": async (core: TestCore, id: string) => {
    const carrierId = await sendOut(core, deliveryOf(id, SMS));
    await applyReceipt(core, { deliveryId: deliveryOf(id, SMS), status: "undelivered", reason: null, carrierId });
  },
};
const refuseSms = causes["an SMS that the carrier refused"];
const expireSms = causes["an SMS that was not confirmed in time"];

async function toFallback(core: TestCore, to = randomNumber(), begin = refuseSms): Promise<string> {
  const id = await startedId(core, to);
  await begin(core, id);
  return id;
}

const claimCall = (core: TestCore, id: string) => claimDelivery(core, deliveryOf(id, CALL));
const callOf = async (core: TestCore, id: string) => (await read(core, id)).deliveries[CALL - 1];

describe.each(Object.entries(causes))("the call after %s", (_cause, begin) => {
  test.each([
    ["country-voice-1h", { "country-voice-1h": hour(1) }, {}],
    ["country-voice-24h", { "country-voice-24h": hour(1) }, {}],
    ["budget", {}, { budget: { perDay: 2.5, prices: { US: { sms: 0.1, call: 2 } } } }],
  ])("counts for %s, and is not made where that is used up", async (policy, limits, settings) => {
    const { core, decisions } = await having(limits, settings);
    expect(await claimCall(core, await toFallback(core, randomNumber(), begin))).toMatchObject({ outcome: "send" });
    const id = await toFallback(core, randomNumber(), begin);
    expect(await claimCall(core, id)).toMatchObject({ outcome: "refused", reason: `limited:${policy}`, country: "US" });
    expect(await callOf(core, id)).toMatchObject({
      status: "failed",
      error: `limited:${policy}`,
      attempts: [{ outcome: "skipped", reason: `limited:${policy}`, carrierId: null }],
    });
    expect(decisions).toMatchObject([{ policy, mode: "enforce", country: "US" }]);
    const listed = await listDecisions(core, core.application.id, 10);
    expect(listed).toMatchObject([{ policy, mode: "enforce", country: "US" }]);
  });

  test.each(["report", "off"] as const)("is not made beyond the budget where the guard's mode is %s", async (guard) => {
    const prices = { US: { sms: 0.1, call: 2 } };
    const { core, decisions } = await having({}, { guard, budget: { perDay: 2.5, prices } });
    expect(await claimCall(core, await toFallback(core, randomNumber(), begin))).toMatchObject({ outcome: "send" });
    const id = await toFallback(core, randomNumber(), begin);
    expect(await claimCall(core, id)).toMatchObject({ outcome: "refused", reason: "limited:budget" });
    expect(decisions).toMatchObject([{ policy: "budget", mode: "enforce" }]);
  });

  test("counts for the number's voice limit, in every mode of the guard, and is told", async () => {
    for (const guard of ["enforce", "report", "off"] as const) {
      const { core, decisions } = await having({ "number-voice-1h": hour(1) }, { guard });
      const to = randomNumber();
      const first = await toFallback(core, to, begin);
      expect(await claimCall(core, first)).toMatchObject({ outcome: "send" });
      await check(core, first, await core.codeOf(first));
      const id = await toFallback(core, to, begin);
      expect(await claimCall(core, id)).toMatchObject({ outcome: "refused", reason: "limited:number-voice-1h" });
      await expect.poll(() => decisions).toMatchObject([{ policy: "number-voice-1h", mode: "enforce" }]);
    }
  });
});

describe("what follows a refused call", () => {
  const none = { "country-voice-1h": hour(1) };

  test("where the SMS had failed, the verification is undeliverable, and a repeat says no more than that", async () => {
    const { core } = await having(none);
    await claimCall(core, await toFallback(core));
    const id = await toFallback(core);
    expect(await claimCall(core, id)).toMatchObject({ outcome: "refused", verification: "undeliverable" });
    expect((await read(core, id)).status).toBe("undeliverable");
    expect(await claimCall(core, id)).toEqual({ outcome: "done", status: "failed" });
  });

  test("where the SMS may still arrive, its code is still right", async () => {
    const { core } = await having(none);
    await claimCall(core, await toFallback(core));
    const id = await toFallback(core, randomNumber(), expireSms);
    expect(await claimCall(core, id)).toMatchObject({ outcome: "refused", verification: "pending" });
    expect(await check(core, id, await core.codeOf(id))).toMatchObject({ valid: true });
  });

  test("is the next step of the workflow, which is decided about for itself", async () => {
    const [sms, call] = smsThenCall.workflow;
    const { core } = await having(none, { workflow: [sms, call, sms].flatMap((step) => (step ? [step] : [])) });
    await claimCall(core, await toFallback(core));
    const id = await toFallback(core);
    expect(await claimCall(core, id)).toMatchObject({ outcome: "refused", verification: "pending", next: "sms" });
    expect(await claimDelivery(core, deliveryOf(id, 3))).toMatchObject({ outcome: "send" });
  });
});

describe("a call that the workflow makes is counted", () => {
  test("exactly up to the limit, under 20 of them at a time", async () => {
    const { core } = await having({ "country-voice-1h": hour(7) });
    const ids = await Promise.all(Array.from({ length: 20 }, () => toFallback(core)));
    const claims = await Promise.all(ids.map((id) => claimCall(core, id)));
    expect(claims.filter(({ outcome }) => outcome === "send")).toHaveLength(7);
    expect(claims.filter(({ outcome }) => outcome === "refused")).toHaveLength(13);
  });

  test("once, however often the carrier puts it off", async () => {
    const { core } = await having({ "country-voice-1h": hour(2), "number-voice-1h": hour(2) });
    const id = await toFallback(core);
    for (let i = 0; i < 5; i += 1) {
      const { ref } = await claimToSend(core, deliveryOf(id, CALL));
      await settle(core, ref, { outcome: "retry", reason: "rate_limited" });
    }
    expect(await claimCall(core, await toFallback(core))).toMatchObject({ outcome: "send" });
    expect(await claimCall(core, await toFallback(core))).toMatchObject({ outcome: "refused" });
  });

  test("not at all where nobody needs it any more, or the number's own limit refuses it", async () => {
    const { core } = await having({ "country-voice-1h": hour(2), "number-voice-1h": hour(1) });
    const approved = await toFallback(core, randomNumber(), expireSms);
    await check(core, approved, await core.codeOf(approved));
    expect(await claimCall(core, approved)).toEqual({ outcome: "skipped", reason: "approved" });
    const to = randomNumber();
    const first = await toFallback(core, to, expireSms);
    expect(await claimCall(core, first)).toMatchObject({ outcome: "send" });
    await check(core, first, await core.codeOf(first));
    expect(await claimCall(core, await toFallback(core, to))).toMatchObject({ reason: "limited:number-voice-1h" });
    expect(await claimCall(core, await toFallback(core))).toMatchObject({ outcome: "send" });
  });

  test("together with those that were asked for", async () => {
    const { core } = await having({ "number-voice-1h": hour(2) });
    const to = randomNumber();
    const id = await toFallback(core, to, expireSms);
    await claimCall(core, id);
    await resendVerification(core, core.application, id, "call");
    await expect(resendVerification(core, core.application, id, "call")).rejects.toMatchObject({
      details: { policy: { name: "number-voice-1h" } },
    });
  });

  test("for no limit of requests: it is of one that was counted", async () => {
    const { core } = await having({ prefix: hour(1), "country-1h": hour(1), "application-1h": hour(1) });
    expect(await claimCall(core, await toFallback(core))).toMatchObject({ outcome: "send" });
  });
});

test("a landline's call counts when it is asked for, and not again when it is made", async () => {
  const { core } = await having({ "number-voice-1h": hour(2), "country-voice-1h": hour(2) });
  const to = "+442071838750";
  const { verification } = await start(core, to);
  expect(await claimDelivery(core, deliveryOf(verification.id))).toMatchObject({ outcome: "send" });
  await resendVerification(core, core.application, verification.id, "call");
  await expect(start(core, to)).rejects.toMatchObject({
    details: { policy: { name: expect.stringMatching(/^(number|country)-voice-1h$/) } },
  });
});

test("no call goes to a number that is locked", async () => {
  const { core } = await having({ "number-lock": { limit: 1, windowSeconds: 900 } });
  const id = await toFallback(core, randomNumber(), expireSms);
  await check(core, id, wrong(await core.codeOf(id)));
  expect(await claimCall(core, id)).toMatchObject({ outcome: "refused", reason: "limited:number-lock" });
});

test("no call goes to a destination that was suspended meanwhile", async () => {
  const { core } = await having({ sweep: { limit: 2, windowSeconds: 600 } });
  const area = "+1415733";
  const id = await toFallback(core, `${area}1000`);
  await startedId(core, `${area}1001`);
  await expect(start(core, `${area}1002`)).rejects.toMatchObject({ code: "destination_suspended" });
  expect(await claimCall(core, id)).toMatchObject({ outcome: "refused", reason: "limited:sweep" });
});

describe("where the country was taken off the application's list meanwhile", () => {
  const off = { reason: "unsupported_destination", country: "US" };

  test.each(Object.entries(causes))("no call follows %s, and none is counted", async (_cause, begin) => {
    for (const guard of ["enforce", "report", "off"] as const) {
      const { core, decisions } = await having({ "number-voice-1h": hour(1) }, { guard });
      const id = await toFallback(core, randomNumber(), begin);
      core.application.settings.allowedCountries = ["GB"];
      expect(await claimCall(core, id)).toMatchObject({ outcome: "refused", ...off });
      expect(await callOf(core, id)).toMatchObject({
        status: "failed",
        error: "unsupported_destination",
        attempts: [{ outcome: "skipped", reason: "unsupported_destination", carrierId: null }],
      });
      expect(decisions).toEqual([]);
      expect(await core.redis.hexists(numberKey(refOf(id).tag), "calls")).toBe(0);
    }
  });

  test("a verification whose SMS had failed is undeliverable, and a code that may still arrive is right", async () => {
    const { core } = await having({});
    const [failed, silent] = [await toFallback(core), await toFallback(core, randomNumber(), expireSms)];
    core.application.settings.allowedCountries = ["GB"];
    expect(await claimCall(core, failed)).toMatchObject({ ...off, verification: "undeliverable" });
    expect(await claimCall(core, failed)).toEqual({ outcome: "done", status: "failed" });
    expect(await claimCall(core, silent)).toMatchObject({ ...off, verification: "pending" });
    expect(await check(core, silent, await core.codeOf(silent))).toMatchObject({ valid: true });
  });

  test("the call is made where it stands on the list again", async () => {
    const { core } = await having({});
    const id = await toFallback(core);
    core.application.settings.allowedCountries = ["GB", "US"];
    expect(await claimCall(core, id)).toMatchObject({ outcome: "send" });
  });
});

test("in report mode the guard only tells of a call that it is against", async () => {
  const { core, decisions } = await having({ "country-voice-1h": hour(1) }, { guard: "report" });
  for (let i = 0; i < 2; i += 1)
    expect(await claimCall(core, await toFallback(core))).toMatchObject({ outcome: "send" });
  expect(decisions).toMatchObject([{ policy: "country-voice-1h", mode: "report" }]);
});

describe("no call is made, and the step is not given up", () => {
  test("while the limits cannot be read", async () => {
    const { core } = await having({ "country-voice-1h": hour(5) });
    const id = await toFallback(core);
    const counter = `ww:{app:${core.application.id}}:w:country-voice-1h:US`;
    await core.redis.set(counter, "many");
    await expect(claimCall(core, id)).rejects.toMatchObject({ code: "unavailable" });
    expect(await callOf(core, id)).toMatchObject({ status: "queued", attempts: [] });
    await core.redis.del(counter);
    expect(await claimCall(core, id)).toMatchObject({ outcome: "send" });
  });

  test("where the application is not known", async () => {
    const { core } = await having({});
    const id = await toFallback(core);
    const elsewhere = { ...core, limitedApplication: () => undefined };
    await expect(claimDelivery(elsewhere, deliveryOf(id, CALL))).rejects.toMatchObject({ code: "unavailable" });
    expect(await claimCall(core, id)).toMatchObject({ outcome: "send" });
  });
});
