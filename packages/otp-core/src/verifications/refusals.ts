import { WatchwordError } from "../errors.ts";
import type { VerificationSettings } from "../core.ts";
import { isPolicyName, numberLock, policyOf } from "../limits/policies.ts";
import type { Channel, VerificationStatus } from "../verification.ts";

const seconds = (ms: number) => Math.max(1, Math.ceil(ms / 1000));

export const notFound = (): WatchwordError =>
  new WatchwordError("verification_not_found", "There is no such verification, or it has been forgotten.");

/** During a rotation, where this process has not been given the new key yet. */
export const keyMissing = (): WatchwordError =>
  new WatchwordError("unavailable", "The code cannot be checked here right now: try again.", { retryAfterSeconds: 1 });

export const notPending = (status: VerificationStatus): WatchwordError =>
  new WatchwordError("verification_not_pending", `The verification is already ${status}.`);

/** What is pending keeps its code and what that approves. */
export const differsFromPending = (): WatchwordError =>
  new WatchwordError(
    "verification_conflict",
    "One is pending for this number with another payment or another code: cancel it first.",
  );

export const noCustomCodes = (): WatchwordError =>
  new WatchwordError("invalid_request", "code may not be brought by this application", {
    errors: [{ field: "code", message: "may not be brought by this application" }],
  });

export const resendTooSoon = (waitMs: number, { resendGapSeconds }: VerificationSettings): WatchwordError =>
  new WatchwordError("resend_too_soon", `Another message may be asked for in ${seconds(waitMs)} s.`, {
    retryAfterSeconds: seconds(waitMs),
    policy: { name: "resend-gap", limit: 1, windowSeconds: Math.max(resendGapSeconds, seconds(waitMs)) },
  });

/** @param name of the policy, as the scripts give it. */
export function tooManyRequests({ limits }: VerificationSettings, name: string, waitMs: number): WatchwordError {
  const policy = isPolicyName(name) ? policyOf(limits, name) : undefined;
  return new WatchwordError("too_many_requests", `Too many codes were asked for: try again in ${seconds(waitMs)} s.`, {
    retryAfterSeconds: seconds(waitMs),
    ...(policy && { policy }),
  });
}

/** @param takesMs how long the lock is altogether. */
export function numberLocked({ limits }: VerificationSettings, waitMs: number, takesMs: number): WatchwordError {
  const { name, limit } = numberLock(limits);
  const message = `Too many wrong codes were given for this number: it is locked for another ${seconds(waitMs)} s.`;
  return new WatchwordError("number_locked", message, {
    retryAfterSeconds: seconds(waitMs),
    policy: { name, limit, windowSeconds: seconds(takesMs) },
  });
}

/** Where the operator has not set the channel up. */
export function channelNotSetUp({ workflow }: VerificationSettings, channel: Channel = "sms"): WatchwordError {
  const others = [...new Set(workflow.map((step) => step.channel))];
  const message = `is not set up here; use ${others.join(" or ")}`;
  return new WatchwordError("invalid_request", `channel: ${channel} ${message}`, {
    errors: [{ field: "channel", message: `${channel} ${message}` }],
  });
}
