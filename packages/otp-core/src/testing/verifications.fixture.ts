import { randomUUID } from "node:crypto";
import type { VerificationSettings } from "../core.ts";
import { type AttemptRef, type Claim, claimDelivery } from "../deliveries/claim.ts";
import { type SendOutcome, settleDelivery } from "../deliveries/settle.ts";
import { deliveryId, parseVerificationId, type VerificationRef } from "../ids.ts";
import type { DeliveryStatus, VerificationStatus } from "../verification.ts";
import { cancelVerification } from "../verifications/cancel.ts";
import { type Checked, checkVerification } from "../verifications/check.ts";
import { readVerification } from "../verifications/read.ts";
import { type Started, type StartInput, startVerification } from "../verifications/start.ts";
import { createTestCore, type TestCore, type TestCoreOptions } from "./core.fixture.ts";
import { randomNumber } from "./numbers.fixture.ts";

/** Settings of an operator who has set calls up. */
export const smsThenCall: Pick<VerificationSettings, "workflow"> = {
  workflow: [
    { channel: "sms", carrier: "telnyx", patienceSeconds: 30 },
    { channel: "call", carrier: "telnyx", patienceSeconds: 30 },
  ],
};

/** A core of an application that no other test has, so that no number was seen before. */
export const startTestCore = (options: TestCoreOptions = {}): Promise<TestCore> =>
  createTestCore({ applicationId: randomUUID(), ...options });

export const start = (core: TestCore, to = randomNumber(), input: Partial<StartInput> = {}): Promise<Started> =>
  startVerification(core, core.application, { to, ...input });

/** The id of a verification just started. */
export const startedId = async (core: TestCore, to?: string): Promise<string> =>
  (await start(core, to)).verification.id;

export const read = (core: TestCore, id: string): ReturnType<typeof readVerification> =>
  readVerification(core, core.application, id);

export const check = (core: TestCore, id: string, code: string): Promise<Checked> =>
  checkVerification(core, core.application, id, code);

/** A code of the same length that differs in its last digit. */
export const wrong = (code: string): string => code.slice(0, -1) + String((Number(code.at(-1)) + 1) % 10);

export function refOf(id: string): VerificationRef {
  const ref = parseVerificationId(id);
  if (!ref) throw new Error(`${id} is not the id of a verification`);
  return ref;
}

/** The id of the verification's delivery, the first unless another is named. */
export const deliveryOf = (id: string, number = 1): string => deliveryId({ ...refOf(id), number });

/** An attempt at a delivery of the verification: the first at the first, unless another is named. */
export const attemptOf = (id: string, { number = 1, attempt = 1 } = {}): AttemptRef => ({
  ...refOf(id),
  number,
  attempt,
});

/** Claims a delivery that is to be sent now. */
export async function claimToSend(core: TestCore, delivery: string): Promise<Extract<Claim, { outcome: "send" }>> {
  const claim = await claimDelivery(core, delivery);
  if (claim.outcome !== "send") throw new Error(`${delivery} was to be sent, and is ${claim.outcome}`);
  return claim;
}

/** Reports what became of an attempt's request, and gives the delivery's status. */
export const settle = async (
  core: TestCore,
  ref: AttemptRef,
  result: SendOutcome,
): Promise<DeliveryStatus | undefined> => (await settleDelivery(core, ref, result))?.delivery;

/** Lets the carrier take a delivery's message, and gives the carrier's id of it. */
export async function sendOut(core: TestCore, delivery: string): Promise<string> {
  const { ref } = await claimToSend(core, delivery);
  const carrierId = randomUUID();
  await settleDelivery(core, ref, { outcome: "sent", carrierId });
  return carrierId;
}

/** Ends a pending verification of one delivery that is still queued. */
export const endings: Record<
  Exclude<VerificationStatus, "pending">,
  (core: TestCore, id: string) => Promise<unknown>
> = {
  approved: async (core, id) => check(core, id, await core.codeOf(id)),
  async failed(core, id) {
    const code = wrong(await core.codeOf(id));
    for (let i = 0; i < core.application.settings.maxAttempts; i += 1) await check(core, id, code);
  },
  async expired(core, id) {
    await core.age(id, core.application.settings.expirySeconds);
    await read(core, id);
  },
  canceled: (core, id) => cancelVerification(core, core.application, id),
  async undeliverable(core, id) {
    const { ref } = await claimToSend(core, deliveryOf(id));
    await settleDelivery(core, ref, { outcome: "failed", reason: "invalid_number" });
  },
};

export const terminal = Object.keys(endings) as (keyof typeof endings)[];
