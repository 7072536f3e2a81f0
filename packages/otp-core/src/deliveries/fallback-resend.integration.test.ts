import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { randomNumber } from "../testing/index.fixture.ts";
import {
  claimToSend,
  deliveryOf,
  sendOut,
  smsThenCall,
  start,
  startedId,
  startTestCore,
} from "../testing/verifications.fixture.ts";
import { happenings } from "./workflow.fixture.ts";

const core = await startTestCore({ settings: smsThenCall });
afterAll(() => core.close());

const CALL = 2;

let id: string;
beforeEach(async () => {
  id = await startedId(core);
});

const { receive, escalate, refuse, resend, deliveries, status: statusOf } = happenings(core, () => id);

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
