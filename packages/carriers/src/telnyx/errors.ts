/**
 * Telnyx's error codes and what they mean for one delivery. Sources: the error lists of Telnyx's messaging guide and
 * of its OpenAPI document (2026-07-16); for 9xxxx the latter's call commands. The two contradict each other on 40008 and 40300, taken here as the
 * messaging guide has them; rows marked "inferred" rest on the code's title alone.
 */
export type CarrierErrorKind =
  /** Surely not sent, and may be later. */
  | "temporary"
  /** Surely not sent: the account or the sender is over its rate. */
  | "rate_limited"
  /** Surely not sent, and never will be. */
  | "permanent"
  /** Surely not sent, because of a setting at the carrier that the operator has to mend. */
  | "misconfigured";

export interface CarrierError {
  kind: CarrierErrorKind;
  /** Watchword's own stable word for it, the same for every carrier. */
  reason: string;
}

const row = (kind: CarrierErrorKind, reason: string): CarrierError => ({ kind, reason });

export const telnyxErrors: Readonly<Record<string, CarrierError>> = {
  "10004": row("permanent", "invalid_request"), // missing parameter
  "10005": row("misconfigured", "carrier_configuration"), // resource not found: a wrong base URL or profile
  "10007": row("temporary", "carrier_unavailable"), // unexpected error
  "10009": row("misconfigured", "carrier_credentials"), // authentication failed
  "10011": row("rate_limited", "rate_limited"), // too many requests
  "10015": row("permanent", "invalid_request"), // value too long
  "10016": row("permanent", "invalid_number"), // phone number must be in +E.164 format
  "10027": row("permanent", "invalid_request"), // unprocessable
  "40001": row("permanent", "landline"), // landline or not routable
  "40002": row("rate_limited", "rate_limited"), // blocked as spam, temporary
  "40003": row("permanent", "blocked"), // blocked as spam, permanent
  "40005": row("rate_limited", "rate_limited"),
  "40006": row("temporary", "carrier_unavailable"), // recipient server unavailable
  "40008": row("temporary", "carrier_unavailable"), // undeliverable
  "40010": row("permanent", "sender_not_registered"), // not 10DLC registered
  "40011": row("rate_limited", "rate_limited"), // too many requests upstream
  "40012": row("permanent", "invalid_number"), // invalid messaging destination (inferred)
  "40013": row("permanent", "invalid_sender"), // invalid messaging source (inferred)
  "40014": row("rate_limited", "rate_limited"), // expired in the queue
  "40015": row("misconfigured", "carrier_configuration"),
  "40016": row("rate_limited", "rate_limited"), // T-Mobile 10DLC sending limit
  "40017": row("rate_limited", "rate_limited"), // AT&T 10DLC spam
  "40018": row("rate_limited", "rate_limited"), // AT&T 10DLC sending limit
  "40019": row("misconfigured", "carrier_configuration"),
  "40020": row("permanent", "blocked"), // held for 24 h as artificial inflation: longer than any code lives
  "40300": row("permanent", "opted_out"), // blocked due to STOP message
  "40305": row("misconfigured", "invalid_sender"), // invalid "from" (inferred)
  "40309": row("permanent", "unsupported_destination"), // destination region not enabled (inferred)
  "40310": row("permanent", "invalid_number"), // invalid "to" (inferred)
  "40314": row("permanent", "blocked"),
  "40315": row("misconfigured", "carrier_configuration"),
  "40318": row("rate_limited", "rate_limited"), // message queue full
  "40320": row("permanent", "blocked"), // held
  "40321": row("misconfigured", "carrier_configuration"), // no usable number on the messaging profile
  "40322": row("permanent", "blocked"),
  "40329": row("misconfigured", "carrier_configuration"),
  "40333": row("misconfigured", "carrier_configuration"), // daily spend limit reached
  "90034": row("temporary", "call_not_answered"), // a command to a call that is not answered yet
};

/** What one of Telnyx's codes means; undefined for one that is not in the table. */
export const telnyxError = (code: string): CarrierError | undefined =>
  Object.hasOwn(telnyxErrors, code) ? telnyxErrors[code] : undefined;

/**
 * The codes of a command to a call that is not there any more, and Watchword's words for them. Source: the examples of
 * the 422 answer in Telnyx's OpenAPI documents of the call commands (2026-06-25).
 */
const callOver: Readonly<Record<string, string>> = {
  "90015": "call_not_found", // invalid call control id
  "90018": "call_ended", // call has already ended
};

/** Why a command came too late; undefined where it did not. A 404 is for a call that Telnyx has forgotten. */
export const telnyxCallOver = (status: number, code: string): string | undefined =>
  Object.hasOwn(callOver, code) ? callOver[code] : status === 404 ? "call_not_found" : undefined;

/**
 * A dial refused for one of its parameters, by the pointer to it. The code alone (10004, 10015, 10016) says only that
 * something is wrong. Source: as above; `/connection_id` is also that of an app without a webhook URL.
 */
const dialParameters: Readonly<Record<string, CarrierError>> = {
  "/connection_id": row("misconfigured", "carrier_configuration"),
  "/from": row("misconfigured", "invalid_sender"),
  "/to": row("permanent", "invalid_number"),
  "/webhook_url": row("misconfigured", "carrier_configuration"),
};

/** What a refused dial means; undefined where neither its parameter nor its code is in a table. */
export function telnyxDialError(code: string, pointer: string): CarrierError | undefined {
  const known = telnyxError(code);
  const isVague = known === undefined || known.kind === "permanent";
  return isVague && Object.hasOwn(dialParameters, pointer) ? dialParameters[pointer] : known;
}

/** By HTTP status, where the body has no code of the table. A 5xx says nothing definite, but a 503 of Telnyx's own. */
export const telnyxStatuses: Readonly<Record<number, CarrierError>> = {
  400: row("permanent", "invalid_request"),
  401: row("misconfigured", "carrier_credentials"),
  402: row("misconfigured", "carrier_account"),
  403: row("misconfigured", "carrier_account"),
  404: row("misconfigured", "carrier_configuration"),
  408: row("temporary", "carrier_unavailable"),
  409: row("temporary", "carrier_unavailable"),
  422: row("permanent", "invalid_request"),
  429: row("rate_limited", "rate_limited"),
  503: row("temporary", "carrier_unavailable"), // RFC 9110 section 15.6.4: not handled
};
