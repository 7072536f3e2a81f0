import { type ProblemCode, problemTypes } from "./problems.ts";

/**
 * Whether an answer is to stay the one to its `Idempotency-Key`: a limit passes, what failed on our side may not fail
 * again, and a field that only the route found wrong is mended like one that validation did.
 */
export const isFinal = (status: number): boolean => status < 500 && status !== 429 && status !== 400;

/** Refused before the request takes its key, or because another one has it. */
const WITHOUT_KEY: ReadonlySet<ProblemCode> = new Set([
  "unauthorized",
  "payload_too_large",
  "unsupported_media_type",
  "idempotency_in_progress",
  "idempotency_conflict",
]);

/** Whether a refusal may be given again to its `Idempotency-Key`. */
export const isKeptRefusal = (code: ProblemCode): boolean =>
  isFinal(problemTypes[code].status) && !WITHOUT_KEY.has(code);
