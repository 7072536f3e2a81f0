import { afterAll, describe, expect, test } from "vitest";
import { applyCallEvent } from "../deliveries/call.ts";
import type { CallEvent } from "../deliveries/call-event.ts";
import { claimDelivery } from "../deliveries/claim.ts";
import { escalateDelivery } from "../deliveries/escalate.ts";
import { applyReceipt } from "../deliveries/receipt.ts";
import { type SendOutcome, settleDelivery } from "../deliveries/settle.ts";
import { WatchwordError } from "../errors.ts";
import { codeKey, verificationKey } from "../store/keys.ts";
import { randomNumber } from "../testing/index.fixture.ts";
import {
  attemptOf,
  check,
  claimToSend,
  deliveryOf,
  endings,
  read,
  refOf,
  start,
  startedId,
  startTestCore,
  terminal,
  wrong,
} from "../testing/verifications.fixture.ts";
import { cancelVerification } from "./cancel.ts";
import { resendVerification } from "./resend.ts";

const core = await startTestCore();
afterAll(() => core.close());

const refusal = (error: unknown) => {
  if (!(error instanceof WatchwordError)) throw error;
};

/** Everything that may come in for a verification that is over; a refusal is an answer too. */
async function everyOperation(id: string, to: string, code: string): Promise<void> {
  const deliveryId = deliveryOf(id);
  const ref = attemptOf(id);
  const call = (event: CallEvent["event"]) =>
    applyCallEvent(core, { deliveryId, callId: "c1", event, reason: null, eventId: event });
  const operations = [
    () => check(core, id, code),
    () => check(core, id, wrong(code)),
    () => resendVerification(core, core.application, id, "sms"),
    () => cancelVerification(core, core.application, id),
    () => claimDelivery(core, deliveryId),
    () => settleDelivery(core, ref, { outcome: "sent", carrierId: "m1" }),
    () => settleDelivery(core, ref, { outcome: "retry", reason: "rate_limited" }),
    () => settleDelivery(core, ref, { outcome: "uncertain", reason: "timeout" }),
    () => settleDelivery(core, ref, { outcome: "failed", reason: "invalid_number" }),
    () => applyReceipt(core, { deliveryId, status: "sent", reason: null, carrierId: "m1" }),
    () => applyReceipt(core, { deliveryId, status: "undelivered", reason: "blocked", carrierId: "m1" }),
    () => applyReceipt(core, { deliveryId, status: "delivered", reason: null, carrierId: "m1" }),
    () => escalateDelivery(core, deliveryId),
    () => call("person"),
    () => call("spoken"),
    () => core.age(id, 10_000),
    () => start(core, to),
    () => check(core, id, code),
  ];
  for (const run of operations) await run().catch(refusal);
}

const outcomes: readonly SendOutcome[] = [
  { outcome: "sent", carrierId: "m1" },
  { outcome: "retry", reason: "rate_limited" },
  { outcome: "uncertain", reason: "timeout" },
  { outcome: "failed", reason: "invalid_number" },
];

/** Its receipt overtakes the response. */
const undelivered = (id: string) =>
  applyReceipt(core, { deliveryId: deliveryOf(id), status: "undelivered", reason: "blocked", carrierId: "m1" });

describe.each(terminal)("%s is final", (status) => {
  test("no operation changes it", async () => {
    const to = randomNumber();
    const id = await startedId(core, to);
    const code = await core.codeOf(id);
    await endings[status](core, id);
    await everyOperation(id, to, code);
    expect(await read(core, id)).toMatchObject({ id, status });
  });

  test.each(outcomes)("nor does what is said of an attempt that was under way then: $outcome", async (outcome) => {
    const id = await startedId(core);
    const { ref } = await claimToSend(core, deliveryOf(id));
    await (status === "undeliverable" ? undelivered(id) : endings[status](core, id));
    await settleDelivery(core, ref, outcome);
    expect(await read(core, id)).toMatchObject({ id, status, deliveries: [{ attempts: [outcome] }] });
    expect(await core.redis.exists(codeKey(refOf(id)))).toBe(0);
  });

  test("neither the code's digest nor the sealed code and number are left", async () => {
    const id = await startedId(core);
    const key = verificationKey(refOf(id));
    expect(await core.redis.exists(codeKey(refOf(id)))).toBe(1);
    await endings[status](core, id);
    expect(await core.redis.hget(key, "status")).toBe(status);
    expect(await core.redis.exists(codeKey(refOf(id)))).toBe(0);
  });
});

test("what the clock has ended stays expired, whatever a worker reports before anybody looks", async () => {
  const id = await startedId(core);
  await claimDelivery(core, deliveryOf(id));
  await core.age(id, 300);
  await settleDelivery(core, attemptOf(id), { outcome: "failed", reason: "invalid_number" });
  expect(await read(core, id)).toMatchObject({ status: "expired" });
});
