import type { TestCore } from "../testing/core.fixture.ts";
import { claimToSend, deliveryOf, read, settle } from "../testing/verifications.fixture.ts";
import type { Channel, DeliveryStatus, Verification, VerificationStatus } from "../verification.ts";
import { resendVerification } from "../verifications/resend.ts";
import { type Claim, claimDelivery } from "./claim.ts";
import { type Escalation, escalateDelivery } from "./escalate.ts";
import { applyReceipt, type Receipt } from "./receipt.ts";

/** What may happen to the verification at hand, whose first delivery is an SMS. */
export interface Happenings {
  receive(status: Receipt["status"], carrierId?: string, number?: number): Promise<unknown>;
  escalate(number?: number): Promise<Escalation | undefined>;
  claim(number: number): Promise<Claim>;
  /** Claims a delivery, and has the carrier refuse it for good. */
  refuse(number: number): Promise<DeliveryStatus | undefined>;
  resend(channel: Channel): Promise<Verification>;
  /** `channel status` of each delivery. */
  deliveries(): Promise<string[]>;
  status(): Promise<VerificationStatus>;
}

/** @param id of the verification at hand, which may be another one from test to test */
export const happenings = (core: TestCore, id: () => string): Happenings => ({
  receive: (status, carrierId = "m1", number = 1) =>
    applyReceipt(core, { deliveryId: deliveryOf(id(), number), status, reason: null, carrierId }),
  escalate: (number = 1) => escalateDelivery(core, deliveryOf(id(), number)),
  claim: (number) => claimDelivery(core, deliveryOf(id(), number)),
  async refuse(number) {
    const { ref } = await claimToSend(core, deliveryOf(id(), number));
    return settle(core, ref, { outcome: "failed", reason: "invalid_number" });
  },
  resend: (channel) => resendVerification(core, core.application, id(), channel),
  deliveries: async () => (await read(core, id())).deliveries.map(({ channel, status }) => `${channel} ${status}`),
  status: async () => (await read(core, id())).status,
});
