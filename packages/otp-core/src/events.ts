import type { Core } from "./core.ts";
import type { DeliveryStatus, VerificationStatus } from "./verification.ts";

/** What an application can be told of. */
export const eventTypes = [
  "verification.approved",
  "verification.failed",
  "verification.canceled",
  "verification.undeliverable",
  "delivery.sent",
  "delivery.delivered",
  "delivery.failed",
] as const;
export type EventType = (typeof eventTypes)[number];

/** Job of the queue `notifications`: ids only, what is told is read when it is told. */
export interface EventJob {
  type: EventType;
  applicationId: string;
  verificationId: string;
  /** Of a `delivery.…` event. */
  deliveryId?: string;
  /** ISO 8601. */
  occurredAt: string;
}

/** An event happens once to its subject, so that telling of it twice is telling of it once. */
export const eventId = ({ type, verificationId, deliveryId }: Omit<EventJob, "applicationId" | "occurredAt">): string =>
  `${type}-${deliveryId ?? verificationId}`;

const ofDelivery: Partial<Record<DeliveryStatus, EventType>> = {
  sent: "delivery.sent",
  delivered: "delivery.delivered",
  undelivered: "delivery.failed",
  failed: "delivery.failed",
};

export const deliveryEvent = (status: DeliveryStatus): EventType | undefined => ofDelivery[status];

const ofVerification: Partial<Record<VerificationStatus, EventType>> = {
  approved: "verification.approved",
  failed: "verification.failed",
  canceled: "verification.canceled",
  undeliverable: "verification.undeliverable",
};

export const verificationEvent = (status: VerificationStatus): EventType | undefined => ofVerification[status];

/** Whether an application wants to be told of an event; see `Application.events`. */
export const wantsEvent = (events: "all" | readonly string[] | undefined, type: EventType): boolean =>
  events === "all" || (events?.includes(type) ?? false);

/** Leaves word of a verification's end where the application wants to be told. */
export async function announceEnd(
  { queue }: Pick<Core, "queue">,
  application: { id: string; events?: "all" | readonly string[] | undefined },
  verificationId: string,
  status: VerificationStatus,
): Promise<void> {
  const type = verificationEvent(status);
  if (!type || !wantsEvent(application.events, type)) return;
  const occurredAt = new Date().toISOString();
  await queue.notify({ type, applicationId: application.id, verificationId, occurredAt });
}
