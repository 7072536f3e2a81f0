import type { SendOutcome } from "@watchword/otp-core";
import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from "telnyx";
import type { CommandOutcome } from "../carrier.ts";
import { type CarrierError, telnyxCallOver, telnyxError, telnyxStatuses } from "./errors.ts";

/** Failures before any byte of the request could have reached the carrier. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  "ENOTFOUND",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** Error codes of a failed connection, looked for along the chain of causes and in grouped errors (RFC 8305). */
function connectionCodes(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error) || depth > 5) return [];
  const own = "code" in error && typeof error.code === "string" ? [error.code] : [];
  const grouped = error instanceof AggregateError ? error.errors : [];
  return [...own, ...[error.cause, ...grouped].flatMap((inner) => connectionCodes(inner, depth + 1))];
}

/**
 * `Retry-After` in seconds or as an HTTP date (RFC 9110 section 10.2.3), however long; undefined where it is neither,
 * also where it is negative or a fraction.
 */
export function retryAfterMs(value: string | null | undefined, nowMs: number): number | undefined {
  if (!value) return undefined;
  if (/^\d+$/.test(value.trim())) return Math.min(Number(value) * 1000, Number.MAX_SAFE_INTEGER);
  // `Date.parse` alone would make a date of almost anything.
  const date = /^[A-Z][a-z]{2,8}, /.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

type Unsent = Exclude<SendOutcome, { outcome: "sent" }>;

interface Problem {
  status: number;
  /** Goes into logs and the dashboard: a number, and no text of the carrier's. */
  code: string | undefined;
  /** To the parameter that is wrong, such as `/to`; empty where the carrier names none. */
  pointer: string;
  retryAfterMs: number | undefined;
}

function problemOf(error: InstanceType<typeof APIError>, status: number, nowMs: number): Problem {
  const body: { errors?: { code?: unknown; source?: { pointer?: unknown } | null }[] } | undefined = error.error;
  const { code, source } = body?.errors?.[0] ?? {};
  return {
    status,
    code: /^\d{1,6}$/.test(String(code)) ? String(code) : undefined,
    pointer: typeof source?.pointer === "string" ? source.pointer : "",
    retryAfterMs: retryAfterMs(error.headers?.get("retry-after"), nowMs),
  };
}

function outcomeOfProblem(
  { status, code, pointer, retryAfterMs: wait }: Problem,
  errorOf: (code: string, pointer: string) => CarrierError | undefined,
): Unsent {
  // A proxy's 503 may come after the carrier took the request; the carrier's own says so in its body or fields.
  const definite = status < 500 || (status === 503 && (code !== undefined || wait !== undefined));
  const known = definite
    ? ((status < 500 && code ? errorOf(code, pointer) : undefined) ?? telnyxStatuses[status])
    : undefined;
  const carrierCode = code ?? `HTTP_${status}`;
  if (!known) {
    return status >= 500
      ? { outcome: "uncertain", reason: "carrier_error", carrierCode }
      : { outcome: "failed", reason: "refused", carrierCode };
  }
  switch (known.kind) {
    case "temporary":
    case "rate_limited":
      return {
        outcome: "retry",
        reason: known.reason,
        carrierCode,
        ...(wait !== undefined && { retryAfterMs: wait }),
        // RFC 6585 section 4: it is about the requests of this account, not about this one.
        ...(status === 429 && { pausesQueue: true }),
      };
    case "permanent":
    case "misconfigured":
      return { outcome: "failed", reason: known.reason, carrierCode };
  }
}

/**
 * What an error of the SDK says about the request that it ended: never sent, sent, or unknown.
 * @param errorOf what one of the carrier's codes means for this kind of request; undefined where it is not in a table
 */
export function outcomeOfError(
  error: unknown,
  nowMs: number,
  errorOf: (code: string, pointer: string) => CarrierError | undefined = telnyxError,
): Unsent {
  if (error instanceof APIConnectionTimeoutError || error instanceof APIUserAbortError)
    return { outcome: "uncertain", reason: "timeout" };
  if (error instanceof APIConnectionError) {
    const codes = connectionCodes(error);
    if (codes.some((code) => NEVER_SENT.has(code))) return { outcome: "retry", reason: "carrier_unreachable" };
    return { outcome: "uncertain", reason: "connection_lost" };
  }
  if (!(error instanceof APIError) || error.status === undefined)
    return { outcome: "uncertain", reason: "unexpected_answer" };
  return outcomeOfProblem(problemOf(error, error.status, nowMs), errorOf);
}

/** What an error of the SDK says about a command to a call: where that is nothing, the same command may go once more. */
export function commandOutcomeOfError(error: unknown, nowMs: number): Exclude<CommandOutcome, { outcome: "done" }> {
  if (error instanceof APIError && error.status !== undefined) {
    const { status, code = "" } = problemOf(error, error.status, nowMs);
    const over = telnyxCallOver(status, code);
    if (over !== undefined) return { outcome: "over", reason: over };
  }
  const result = outcomeOfError(error, nowMs);
  return result.outcome === "uncertain" ? { ...result, outcome: "retry" } : result;
}
