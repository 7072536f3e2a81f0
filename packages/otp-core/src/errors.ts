import type { RateLimitPolicy } from "./limits/policies.ts";

/** Every way in which Watchword says no, as stable codes of the HTTP contract. */
export type ErrorCode =
  | "invalid_request"
  | "invalid_phone_number"
  | "unsupported_destination"
  | "verification_not_found"
  | "verification_not_pending"
  | "verification_conflict"
  | "idempotency_conflict"
  | "idempotency_in_progress"
  | "resend_too_soon"
  | "too_many_requests"
  | "number_locked"
  | "destination_suspended"
  | "unavailable";

export interface FieldError {
  /** Path of the field in the request body, e.g. `to` or `metadata.user_id`. */
  field: string;
  message: string;
}

interface ErrorDetails {
  /** Whole seconds, rounded up, after which the same request may succeed. */
  retryAfterSeconds?: number;
  /** The limit that was reached. */
  policy?: RateLimitPolicy;
  errors?: FieldError[];
  cause?: unknown;
}

/** A refusal that the caller may see: `message` is public and holds no internal name and no carrier's text. */
export class WatchwordError extends Error {
  override name = "WatchwordError";
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.details = details;
  }
}
