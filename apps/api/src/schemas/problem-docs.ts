import type { FieldError } from "@watchword/otp-core";
import type { ProblemCode } from "../plugins/problems.ts";

/** What the service says where it refuses, word for word. */
export interface ProblemExample {
  detail: string;
  /** The limit that was reached. */
  policy?: string;
  errors?: readonly FieldError[];
}

export interface ProblemDocs extends ProblemExample {
  /** When it is answered, for the reader of the documentation. */
  when: string;
}

const field = (name: string, message: string): ProblemExample => ({
  detail: `${name} ${message}`,
  errors: [{ field: name, message }],
});

/** `invalid_request` of a route that reads this field. */
export const missing = (name: string): ProblemExample => field(name, "is required");
export const unknownField = (name: string): ProblemExample => field(name, "is not a field of this request");

export const problemDocs: Readonly<Record<ProblemCode, ProblemDocs>> = {
  invalid_request: {
    when: "The body is not JSON, or a field of it is missing, unknown or wrong; `errors` names each.",
    ...missing("to"),
  },
  invalid_phone_number: {
    when: "It is not a phone number in international form, or no such number is assigned to anybody.",
    detail: "This is not a usable phone number: it is too short.",
    errors: [{ field: "to", message: "it is too short" }],
  },
  unauthorized: {
    when: "The API key is missing or wrong. Everything under `/v1` and `/auth` asks for it first.",
    detail: "Send your API key as `Authorization: Bearer <api key>`.",
  },
  invalid_signature: {
    when: "A carrier's webhook is not signed by the carrier, or was signed more than five minutes ago.",
    detail: "The signature is missing, wrong or stale.",
  },
  unsupported_destination: {
    when: "The country is not one that this service sends to, or nobody receives a code on this kind of number.",
    detail: "Codes are not sent to this country.",
  },
  not_found: {
    when: "There is no such route, or not with this method.",
    detail: "There is no such route.",
  },
  verification_not_found: {
    when: "The id or the number has no verification, or it has been forgotten, or it is another application's.",
    detail: "There is no such verification, or it has been forgotten.",
  },
  request_timeout: {
    when: "The request took too long to arrive. The connection is closed.",
    detail: "The request was not complete in time.",
  },
  verification_not_pending: {
    when: "The verification is over, so that nothing can be sent or canceled.",
    detail: "The verification is already canceled.",
  },
  verification_conflict: {
    when: "One is pending for the number with another payment or another code: cancel it first.",
    detail: "One is pending for this number with another payment or another code: cancel it first.",
  },
  idempotency_in_progress: {
    when: "The first request with this `Idempotency-Key` is still being carried out.",
    detail: "The first request with this Idempotency-Key has not been answered yet: send it again in a moment.",
  },
  idempotency_conflict: {
    when: "This `Idempotency-Key` was used for another request.",
    detail: "This Idempotency-Key was used for another request: send each request with a key of its own.",
  },
  payload_too_large: {
    when: "The body is larger than this route takes (16 KiB).",
    detail: "The body is larger than this route takes.",
  },
  unsupported_media_type: {
    when: "The body is not called `application/json`, is packed (`Content-Encoding`), or is of another charset than UTF-8.",
    detail: "Send the body as application/json.",
  },
  expectation_failed: {
    when: "The request has an `Expect` other than `100-continue`. The connection is closed.",
    detail: "No expectation but 100-continue is met.",
  },
  resend_too_soon: {
    when: "The gap since the last message has not passed; `Retry-After` says when it has.",
    detail: "Another message may be asked for in 30 s.",
    policy: "resend-gap",
  },
  too_many_requests: {
    when: "A limit of the number, of the numbers around it, of its country, of the person's address or of the application, its budget included, is reached; `policy` names it.",
    detail: "Too many codes were asked for: try again in 900 s.",
    policy: "number-15m",
  },
  number_locked: {
    when: "Too many wrong codes were given for the number, one after the other: until `Retry-After` it takes none.",
    detail: "Too many wrong codes were given for this number: it is locked for another 900 s.",
    policy: "number-lock",
  },
  destination_suspended: {
    when: "Many numbers nearby were asked for, or few people give their codes back: nothing is sent there for now.",
    detail: "No codes are sent to this destination for now: try again in 600 s.",
    policy: "sweep",
  },
  headers_too_large: {
    when: "Address and header fields are larger than 16 KiB together. The connection is closed.",
    detail: "Address and headers are larger than 16 KiB.",
  },
  internal_error: {
    when: "Something went wrong on the service's side; it is in its log.",
    detail: "The request failed on our side; it has been logged.",
  },
  unavailable: {
    when: "The service cannot reach its store, or more messages wait than could be sent in time; try again after `Retry-After`.",
    detail: "The service cannot reach its store: try again.",
  },
};
