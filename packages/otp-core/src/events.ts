import type { Channel, Delivery, Verification } from "./verification.ts";

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

/** What happened to what: ids and a masked number. All of it is fixed when it happens, so that every try tells the same. */
export interface EventJob {
  type: EventType;
  applicationId: string;
  verificationId: string;
  /** Masked. */
  to: string;
  /** Of a `delivery.…` event. */
  delivery?: {
    id: string;
    channel: Channel;
    carrier: string;
    /** A stable reason where it failed. */
    error: string | null;
  };
  /** ISO 8601. */
  occurredAt: string;
}

/** A look, when the code's life is over, whether word of something was not left: a crash or an outage may prevent it. */
export interface LookJob {
  verificationId: string;
  /** ms since the epoch by the store's clock. */
  dueAt?: number;
}

/** Job of the queue `notifications`. */
export type NotificationJob = EventJob | LookJob;

/** An event happens once to its subject, so that telling of it twice is telling of it once. */
export const eventId = ({ type, verificationId, delivery }: EventJob): string =>
  `${type}-${delivery?.id ?? verificationId}`;

/**
 * Which events an application wants to be told of; none where it has no webhook. One that this process has not read is
 * `unknown` to it, and may want any of them.
 */
export type WantedEvents = "all" | "unknown" | readonly string[] | undefined;

export const wantsEvents = (wanted: WantedEvents): boolean =>
  typeof wanted === "string" || (wanted !== undefined && wanted.length > 0);

export const wantsEvent = (wanted: WantedEvents, type: EventType): boolean =>
  typeof wanted === "string" || (wanted?.includes(type) ?? false);

function ofVerification({ status }: Verification): EventType | undefined {
  switch (status) {
    case "approved":
    case "failed":
    case "canceled":
    case "undeliverable":
      return `verification.${status}`;
    case "pending":
    case "expired":
      return undefined;
  }
}

/** Whatever a carrier's receipt says, it has taken the message before: a receipt may overtake its answer. */
function ofDelivery({ status }: Delivery): EventType[] {
  switch (status) {
    case "sent":
    case "unconfirmed":
      return ["delivery.sent"];
    case "delivered":
      return ["delivery.sent", "delivery.delivered"];
    case "undelivered":
      return ["delivery.sent", "delivery.failed"];
    case "failed":
      return ["delivery.failed"];
    case "queued":
    case "sending":
    case "skipped":
    case "uncertain":
      return [];
  }
}

/** When a carrier took a message that has had a receipt since. */
const sentAt = ({ attempts, updatedAt }: Delivery): Date =>
  attempts.findLast(({ outcome }) => outcome === "sent")?.endedAt ?? updatedAt;

/**
 * The events that a record tells of and that are wanted, in the order in which they happen.
 * @param now stands for the time of a verification's end, which is not kept: its event is left at once
 */
export function eventsIn(
  verification: Verification,
  applicationId: string,
  wanted: WantedEvents,
  now: Date,
): EventJob[] {
  const about = { applicationId, verificationId: verification.id, to: verification.to };
  const events = verification.deliveries.flatMap((delivery) =>
    ofDelivery(delivery).map((type): EventJob => {
      const { id, channel, carrier, updatedAt } = delivery;
      const error = type === "delivery.failed" ? delivery.error : null;
      const at = type === "delivery.sent" ? sentAt(delivery) : updatedAt;
      return { type, ...about, delivery: { id, channel, carrier, error }, occurredAt: at.toISOString() };
    }),
  );
  const end = ofVerification(verification);
  if (end) events.push({ type: end, ...about, occurredAt: now.toISOString() });
  return events.filter(({ type }) => wantsEvent(wanted, type));
}
