import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { callOf, type TestCall } from "../testing/calls.fixture.ts";
import { deliveryOf, read, sendOut, smsThenCall, start, startTestCore } from "../testing/verifications.fixture.ts";
import { randomNumber } from "../testing/index.fixture.ts";
import { applyUnspoken } from "./call.ts";
import type { CallEventJob } from "./call-event.ts";

const [sms, call] = smsThenCall.workflow;
/** A call, which an SMS follows where it comes to nothing. */
const core = await startTestCore({ settings: { workflow: [call, sms].flatMap((step) => step ?? []) } });
afterAll(() => core.close());

let at: TestCall;
let person: CallEventJob;
/** The person has picked up and is to hear the code. */
beforeEach(async () => {
  const { verification } = await start(core, randomNumber(), { channel: "call" });
  const callId = await sendOut(core, deliveryOf(verification.id));
  at = callOf(core, verification.id, { callId });
  await at.hear("answered");
  person = at.event("person");
  expect((await at.hear(person)).next.action).toBe("speak");
});

const deliveries = async () =>
  (await read(core, at.verificationId)).deliveries.map(({ channel, status, error }) => [channel, status, error]);
const sent = ["call", "sent", null];
const next = ["sms", "queued", null];

describe("a code that surely was not spoken", () => {
  test.each(["not_spoken", "hung_up"] as const)(
    "is a failed delivery (%s), and the workflow goes on",
    async (reason) => {
      const progress = await applyUnspoken(core, person, reason);
      expect(progress).toMatchObject({ next: { action: "hang_up" }, delivery: "undelivered", changed: true });
      expect(progress).toMatchObject({ escalatedTo: "sms", verification: "pending" });
      expect(await deliveries()).toEqual([["call", "undelivered", reason], next]);
      await at.hear("ended", "completed");
      expect(await deliveries()).toEqual([["call", "undelivered", reason], next]);
    },
  );

  test("is one however often that is said", async () => {
    for (let i = 0; i < 3; i += 1) await applyUnspoken(core, person, "not_spoken");
    expect(await deliveries()).toEqual([["call", "undelivered", "not_spoken"], next]);
  });

  test("is one although the end of the call was heard first", async () => {
    await at.hear("ended", "completed");
    expect(await deliveries()).toEqual([["call", "unconfirmed", "hung_up"]]);
    expect(await applyUnspoken(core, person, "hung_up")).toMatchObject({ next: { action: "none" }, changed: true });
    expect(await deliveries()).toEqual([["call", "undelivered", "hung_up"], next]);
  });
});

describe("a code that may have been spoken", () => {
  test("is a failed delivery when the call ends with no word of it", async () => {
    expect(await applyUnspoken(core, person, null)).toMatchObject({ next: { action: "hang_up" }, changed: false });
    expect(await deliveries()).toEqual([sent]);
    await at.hear("ended", "completed");
    expect(await deliveries()).toEqual([["call", "undelivered", "not_spoken"], next]);
  });

  test.each(["spoken", "repeat"] as const)("is delivered where the carrier says so: %s", async (event) => {
    await applyUnspoken(core, person, null);
    await at.hear(event);
    await at.hear("ended", "completed");
    expect(await deliveries()).toEqual([["call", "delivered", null]]);
  });

  test("is spoken where the same event is dealt with once more", async () => {
    await applyUnspoken(core, person, null);
    expect((await at.hear(person)).next).toMatchObject({ action: "speak", times: 1 });
  });
});

test("what cannot be repeated was heard before: the delivery stays delivered", async () => {
  const repeat = at.event("repeat");
  expect((await at.hear(repeat)).next).toMatchObject({ action: "speak", times: 2 });
  await applyUnspoken(core, repeat, "not_spoken");
  await at.hear("ended", "completed");
  expect(await deliveries()).toEqual([["call", "delivered", null]]);
});
