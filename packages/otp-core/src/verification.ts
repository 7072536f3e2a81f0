/** `pending` is the only one that changes; the others are final. */
export const verificationStatuses = ["pending", "approved", "failed", "expired", "canceled", "undeliverable"] as const;
export type VerificationStatus = (typeof verificationStatuses)[number];

/**
 * `queued` → `sending` → `sent` (the carrier took it) → `delivered`, `undelivered` or `unconfirmed` (its receipt);
 * `uncertain`: the request may or may not have arrived; `failed`: it never will; `skipped`: it was no longer wanted.
 */
export const deliveryStatuses = [
  "queued",
  "sending",
  "sent",
  "delivered",
  "undelivered",
  "unconfirmed",
  "failed",
  "skipped",
  "uncertain",
] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

export const channels = ["sms", "call"] as const;
export type Channel = (typeof channels)[number];

/** What made a delivery: the start of its verification, a resend, or its workflow. */
export type DeliveryCause = "start" | "resend" | "fallback";

/** How an attempt at a delivery may end. */
export const attemptOutcomes = ["sent", "skipped", "retry", "uncertain", "failed"] as const;
export type AttemptOutcome = (typeof attemptOutcomes)[number];

/** One taking of a delivery by a worker; the newest 20 of a delivery are kept. */
export interface Attempt {
  /** Null while it is under way. */
  outcome: AttemptOutcome | null;
  carrier: string;
  /** The carrier's id of the message or the call, where one is known. */
  carrierId: string | null;
  /** The carrier's own error code. */
  carrierCode: string | null;
  /** A stable reason, such as `rate_limited`; null where nothing went wrong. */
  reason: string | null;
  startedAt: Date;
  endedAt: Date | null;
}

export interface Delivery {
  id: string;
  channel: Channel;
  carrier: string;
  cause: DeliveryCause;
  status: DeliveryStatus;
  /** A stable reason, such as `invalid_number`; null where nothing went wrong. */
  error: string | null;
  createdAt: Date;
  updatedAt: Date;
  attempts: Attempt[];
}

/** A verification as its application sees it. */
export interface Verification {
  id: string;
  status: VerificationStatus;
  /** Masked, e.g. `+1415•••0123`. */
  to: string;
  channel: Channel;
  metadata: Record<string, string>;
  createdAt: Date;
  expiresAt: Date;
  /** From then on another message may be asked for. */
  resendAt: Date;
  attemptsRemaining: number;
  deliveries: Delivery[];
}
