import { randomUUID } from "node:crypto";
import { applyCallEvent, type CallProgress } from "../deliveries/call.ts";
import type { CallEvent, CallEventJob } from "../deliveries/call-event.ts";
import type { Delivery, VerificationStatus } from "../verification.ts";
import type { TestCore } from "./core.fixture.ts";
import { deliveryOf, read, sendOut, start } from "./verifications.fixture.ts";
import { randomNumber } from "./numbers.fixture.ts";

/** One call as its carrier tells of it. */
export interface TestCall {
  verificationId: string;
  deliveryId: string;
  callId: string;
  /** An event that was not heard before. */
  event(event: CallEvent["event"], reason?: string): CallEventJob;
  /** Applies an event: a new one where only its name is given. */
  hear(event: CallEvent["event"] | CallEventJob, reason?: string): Promise<CallProgress>;
  /** Its delivery, as it can be read. */
  delivery(): Promise<Delivery | undefined>;
  verificationStatus(): Promise<VerificationStatus>;
}

export function callOf(
  core: TestCore,
  verificationId: string,
  { number = 1, callId = randomUUID() }: { number?: number; callId?: string } = {},
): TestCall {
  const deliveryId = deliveryOf(verificationId, number);
  const event = (name: CallEvent["event"], reason?: string): CallEventJob => ({
    deliveryId,
    callId,
    event: name,
    reason: reason ?? null,
    eventId: randomUUID(),
  });
  return {
    verificationId,
    deliveryId,
    callId,
    event,
    async hear(heard, reason) {
      const progress = await applyCallEvent(core, typeof heard === "string" ? event(heard, reason) : heard);
      if (!progress) throw new Error(`${deliveryId} has been forgotten`);
      return progress;
    },
    async delivery() {
      const { deliveries } = await read(core, verificationId);
      return deliveries.find(({ id }) => id === deliveryId);
    },
    verificationStatus: async () => (await read(core, verificationId)).status,
  };
}

/** Starts a verification by call, and lets the carrier dial. */
export async function dial(core: TestCore, input: { locale?: string } = {}): Promise<TestCall> {
  const { verification } = await start(core, randomNumber(), { channel: "call", ...input });
  const callId = await sendOut(core, deliveryOf(verification.id));
  return callOf(core, verification.id, { callId });
}
