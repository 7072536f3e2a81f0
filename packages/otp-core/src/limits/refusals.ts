import type { LimitSettings } from "../core.ts";
import { WatchwordError } from "../errors.ts";
import { isPolicyName, policyOf, type RateLimitPolicy } from "./policies.ts";

const DAY_SECONDS = 86_400;
const SUSPENSIONS: ReadonlySet<string> = new Set(["sweep", "breaker-country", "breaker-prefix"]);

/** The policy of a refusal, as the RateLimit fields tell it: nothing may go to a suspended destination while it is one. */
function policyReached(settings: LimitSettings, name: string, wholeSeconds: number): RateLimitPolicy {
  if (name === "budget") return { name, limit: Math.floor(settings.budget?.perDay ?? 0), windowSeconds: DAY_SECONDS };
  const policy = isPolicyName(name) ? policyOf(settings.limits, name) : undefined;
  const limit = name.startsWith("breaker-") ? 0 : (policy?.limit ?? 0);
  return { name, limit, windowSeconds: wholeSeconds > 0 ? wholeSeconds : (policy?.windowSeconds ?? 0) };
}

/** The refusal of a policy that is not of a number. */
export function overLimit(settings: LimitSettings, name: string, waitMs: number, wholeMs: number): WatchwordError {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  const details = { retryAfterSeconds, policy: policyReached(settings, name, Math.ceil(wholeMs / 1000)) };
  if (SUSPENSIONS.has(name)) {
    const message = `No codes are sent to this destination for now: try again in ${retryAfterSeconds} s.`;
    return new WatchwordError("destination_suspended", message, details);
  }
  const message = `Too many codes were asked for: try again in ${retryAfterSeconds} s.`;
  return new WatchwordError("too_many_requests", message, details);
}
