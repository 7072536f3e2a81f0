import { describe, expect, test } from "vitest";
import { encodePlan, planRoute, type RouteWishes, type WorkflowStep } from "./workflow.ts";

const sms: WorkflowStep = { channel: "sms", carrier: "telnyx", patienceSeconds: 30 };
const call: WorkflowStep = { channel: "call", carrier: "telnyx", patienceSeconds: 45 };
const otherCall: WorkflowStep = { channel: "call", carrier: "other", patienceSeconds: 60 };

const plan = (workflow: readonly WorkflowStep[], wishes: Partial<RouteWishes> = {}) =>
  planRoute({ workflow, fallback: true }, { landline: false, ...wishes });

/** Where the application wants no steps after the first. */
const planWithout = (workflow: readonly WorkflowStep[], wishes: Partial<RouteWishes> = {}) =>
  planRoute({ workflow, fallback: false }, { landline: false, ...wishes });

describe("a verification goes", () => {
  test("from the SMS to the call", () => {
    expect(plan([sms, call])).toEqual([sms, call]);
  });

  test("through every step of the operator's, in their order", () => {
    expect(plan([sms, call, otherCall])).toEqual([sms, call, otherCall]);
  });

  test("by SMS alone where nothing else is set up", () => {
    expect(plan([sms])).toEqual([sms]);
  });

  test("by SMS alone where no fallback is wanted", () => {
    expect(plan([sms, call], { fallback: "none" })).toEqual([sms]);
    expect(planWithout([sms, call])).toEqual([sms]);
  });

  test("as far as the request says, whatever the application's setting", () => {
    expect(planWithout([sms, call], { fallback: "call" })).toEqual([sms, call]);
  });

  test("by call from the start where that is asked for, and never back to SMS", () => {
    expect(plan([sms, call], { channel: "call" })).toEqual([call]);
    expect(plan([sms, call, otherCall], { channel: "call" })).toEqual([call, otherCall]);
    expect(plan([sms, call, otherCall], { channel: "call", fallback: "none" })).toEqual([call]);
  });

  test("from the call to the SMS where the operator has them in that order", () => {
    expect(plan([call, sms])).toEqual([call, sms]);
    expect(plan([call, sms], { fallback: "none" })).toEqual([call]);
    expect(plan([call, sms], { channel: "call" })).toEqual([call, sms]);
  });

  test("by SMS from the start where that is asked for, and never back to the call", () => {
    expect(plan([call, sms], { channel: "sms" })).toEqual([sms]);
  });

  test("by call alone where nothing else is set up", () => {
    expect(plan([call])).toEqual([call]);
    expect(plan([call], { channel: "call" })).toEqual([call]);
  });

  test("nowhere where its channel is not set up, or nothing is", () => {
    expect(plan([sms], { channel: "call" })).toEqual([]);
    expect(plan([call], { channel: "sms" })).toEqual([]);
    expect(plan([])).toEqual([]);
  });
});

describe("a landline", () => {
  test("is called at once, and gets no SMS before or after", () => {
    expect(plan([sms, call], { landline: true })).toEqual([call]);
    expect(plan([sms, call, otherCall], { landline: true })).toEqual([call, otherCall]);
    expect(plan([call, sms], { channel: "call", landline: true })).toEqual([call]);
  });

  test("is called at once where no fallback is wanted, since it would be none", () => {
    expect(plan([sms, call, otherCall], { landline: true, fallback: "none" })).toEqual([call]);
    expect(planWithout([sms, call, otherCall], { landline: true })).toEqual([call]);
  });

  test("is called at once where an SMS is asked for, wherever the call stands", () => {
    expect(plan([sms, call], { landline: true, channel: "sms" })).toEqual([call]);
    expect(plan([call, sms], { landline: true, channel: "sms" })).toEqual([call]);
    expect(planWithout([sms, call], { landline: true, channel: "sms" })).toEqual([call]);
  });

  test("is sent an SMS where no call is set up, or the request wants an SMS and no call after it", () => {
    expect(plan([sms], { landline: true })).toEqual([sms]);
    expect(plan([sms, call], { landline: true, channel: "sms", fallback: "none" })).toEqual([sms]);
  });
});

test("planning leaves the operator's steps as they are", () => {
  const workflow = Object.freeze([sms, call]);
  plan(workflow, { landline: true });
  expect(workflow).toEqual([sms, call]);
});

test("the record keeps a plan as channel, carrier and patience in ms of each step", () => {
  expect(encodePlan([sms, call])).toBe("sms telnyx 30000,call telnyx 45000");
  expect(encodePlan([sms])).toBe("sms telnyx 30000");
});
