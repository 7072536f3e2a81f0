import { type ErrorCode, isRedisUnavailable, WatchwordError } from "@watchword/otp-core";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import type { Problem } from "../schemas/problem.ts";
import { fieldErrors } from "./validation.ts";

export type ProblemCode =
  | ErrorCode
  | "unauthorized"
  | "invalid_signature"
  | "not_found"
  | "request_timeout"
  | "payload_too_large"
  | "headers_too_large"
  | "unsupported_media_type"
  | "expectation_failed"
  | "internal_error";

/** The one table from code to HTTP status and title. */
export const problemTypes = {
  invalid_request: { status: 400, title: "The request is not valid" },
  invalid_phone_number: { status: 400, title: "The phone number is not usable" },
  unauthorized: { status: 401, title: "The API key is missing or wrong" },
  invalid_signature: { status: 401, title: "The signature is not valid" },
  unsupported_destination: { status: 403, title: "The destination is not allowed" },
  not_found: { status: 404, title: "There is nothing here" },
  verification_not_found: { status: 404, title: "The verification was not found" },
  request_timeout: { status: 408, title: "The request came too slowly" },
  verification_not_pending: { status: 409, title: "The verification is over" },
  verification_conflict: { status: 409, title: "Another verification of this number is pending" },
  idempotency_in_progress: { status: 409, title: "The same request is being carried out" },
  payload_too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "The body must be plain JSON in UTF-8" },
  expectation_failed: { status: 417, title: "The expectation cannot be met" },
  idempotency_conflict: { status: 422, title: "The idempotency key belongs to another request" },
  resend_too_soon: { status: 429, title: "Another message was asked for too soon" },
  too_many_requests: { status: 429, title: "Too many requests" },
  number_locked: { status: 429, title: "The number is locked" },
  destination_suspended: { status: 429, title: "The destination is suspended" },
  headers_too_large: { status: 431, title: "The headers are too large" },
  internal_error: { status: 500, title: "Something went wrong" },
  unavailable: { status: 503, title: "The service is unavailable" },
} as const satisfies Readonly<Record<ProblemCode, { status: number; title: string }>>;

/** What a client is told to wait while Redis is away. */
const UNAVAILABLE_RETRY_SECONDS = 2;

export interface Refusal {
  code: ProblemCode;
  detail: string;
  details: WatchwordError["details"];
}

/** A body that is not plain JSON in UTF-8: `message` is public. */
export class UnsupportedBody extends Error {
  override name = "UnsupportedBody";
}

declare module "fastify" {
  interface FastifyRequest {
    /** Why it was refused, for whoever counts. */
    refusal?: Refusal;
  }
}

const refuse = (request: FastifyRequest, answer: Refusal): Refusal => (request.refusal = answer);

export const refusal = (code: ProblemCode, detail: string, details: WatchwordError["details"] = {}): Refusal => ({
  code,
  detail,
  details,
});

const notValid = (errors: { field: string; message: string }[]) =>
  refusal("invalid_request", errors.map(({ field, message }) => `${field} ${message}`).join("; "), {
    errors,
  });

/** Fastify's own refusals, by its error codes. */
function ofFramework(error: FastifyError): Refusal | undefined {
  switch (error.code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return refusal("payload_too_large", "The body is larger than this route takes.");
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return refusal("unsupported_media_type", "Send the body as application/json.");
    case "FST_ERR_CTP_INVALID_JSON_BODY":
      return refusal("invalid_request", "The body is not valid JSON.");
    default:
      if (error.statusCode === 404) return refusal("not_found", "There is no such route.");
      if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
        return refusal("invalid_request", "The request cannot be read.");
      }
      return undefined;
  }
}

/** What the caller may know of an error; undefined where it is nobody's fault but ours. */
function refusalOf(error: FastifyError): Refusal | undefined {
  if (error instanceof WatchwordError) return refusal(error.code, error.message, error.details);
  if (error instanceof UnsupportedBody) return refusal("unsupported_media_type", error.message);
  if (hasZodFastifySchemaValidationErrors(error)) {
    return notValid(fieldErrors(error.validation));
  }
  if (isRedisUnavailable(error)) {
    return refusal("unavailable", "The service cannot reach its store: try again.", {
      retryAfterSeconds: UNAVAILABLE_RETRY_SECONDS,
    });
  }
  return ofFramework(error);
}

/** `Retry-After`, and the limit that was reached in the fields of the RateLimit draft (draft-ietf-httpapi-ratelimit-headers-10). */
export function sendRateLimitFields(reply: FastifyReply, { details: { retryAfterSeconds, policy } }: Refusal): void {
  if (retryAfterSeconds !== undefined) void reply.header("retry-after", retryAfterSeconds);
  if (policy) {
    void reply.header("ratelimit-policy", `"${policy.name}";q=${policy.limit};w=${policy.windowSeconds}`);
    void reply.header("ratelimit", `"${policy.name}";r=0;t=${retryAfterSeconds}`);
  }
}

/** The body of a refusal, RFC 9457. */
export function presentProblem({ code, detail, details }: Refusal): Problem {
  const { status, title } = problemTypes[code];
  return {
    type: `urn:watchword:problem:${code}`,
    title,
    status,
    code,
    detail,
    ...(details.policy && { policy: details.policy.name }),
    ...(details.errors && { errors: details.errors }),
  };
}

export function sendProblem(reply: FastifyReply, answer: Refusal): FastifyReply {
  const body = presentProblem(answer);
  sendRateLimitFields(reply, answer);
  if (answer.code === "unauthorized") void reply.header("www-authenticate", "Bearer");
  return reply.code(body.status).type("application/problem+json").serializer(JSON.stringify).send(body);
}

export const statusOf = (code: ProblemCode): number => problemTypes[code].status;

/** The refusal to answer with; what is nobody's fault but ours is logged and told as nothing more than that. */
export function refusalFor(error: FastifyError, request: FastifyRequest): Refusal {
  const known = refusalOf(error);
  if (known?.code === "unavailable") {
    const away = isRedisUnavailable(error) || isRedisUnavailable(error.cause);
    request.log.warn({ reason: error.message }, away ? "answered 503: Redis is unavailable" : "answered 503");
  }
  if (known) return refuse(request, known);
  request.log.error({ err: error }, "request failed");
  return refuse(request, refusal("internal_error", "The request failed on our side; it has been logged."));
}

export const handleError = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  sendProblem(reply, refusalFor(error, request));

export const notFound = (request: FastifyRequest): Refusal =>
  refuse(request, refusal("not_found", "There is no such route."));

export const handleNotFound = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  sendProblem(reply, notFound(request));

export const unauthorized = (request: FastifyRequest): Refusal =>
  refuse(request, refusal("unauthorized", "Send your API key as `Authorization: Bearer <api key>`."));
