export { announce } from "./announce.ts";
export { contextBounds, normalizeContextText, type PaymentContext } from "./context.ts";
export {
  type Admission,
  type Application,
  type Budget,
  type Core,
  type Decision,
  deliveryQueue,
  type DeliveryQueue,
  type GuardMode,
  type LimitedApplication,
  type LimitSettings,
  type SendingApplication,
  type VerificationSettings,
} from "./core.ts";
export { applyCallEvent, applyUnspoken, type CallAction, type CallProgress } from "./deliveries/call.ts";
export type { CallEvent, CallEventJob } from "./deliveries/call-event.ts";
export {
  type AttemptRef,
  type Claim,
  type ClaimContext,
  type ClaimedDelivery,
  claimDelivery,
  type DeliveryContext,
  RECEIPT_WAIT_MS,
} from "./deliveries/claim.ts";
export { type Escalation, escalateDelivery } from "./deliveries/escalate.ts";
export { applyReceipt, type Receipt, type ReceiptApplied } from "./deliveries/receipt.ts";
export { codePattern, couldBeCode } from "./code.ts";
export { type SendOutcome, type Settled, settleDelivery } from "./deliveries/settle.ts";
export {
  eventId,
  type EventJob,
  type EventType,
  eventTypes,
  type LookJob,
  type NotificationJob,
  type WantedEvents,
  wantsEvent,
  wantsEvents,
} from "./events.ts";
export { type ErrorCode, type FieldError, WatchwordError } from "./errors.ts";
export { type DeliveryRef, parseDeliveryId, parseVerificationId, verificationId } from "./ids.ts";
export { beginRequest, type BegunRequest, type RequestInput } from "./idempotency/begin.ts";
export { finishRequest, releaseRequest } from "./idempotency/finish.ts";
export type { RequestClaim, StoredAnswer } from "./idempotency/request.ts";
export { createKeyring, type Keyring, type Secret } from "./keyring.ts";
export { addressPlace } from "./limits/address.ts";
export { type KeptDecision, liftLimit, type LiftTarget, listDecisions } from "./limits/lift.ts";
export {
  isPolicyName,
  limitBounds,
  type LimitBounds,
  type Limit,
  type LimitOverrides,
  limitProblems,
  type PolicyName,
  policyNames,
  type RateLimitPolicy,
} from "./limits/policies.ts";
export { storeTime } from "./store/clock.ts";
export {
  connectForRequests,
  connectForWork,
  durabilityProblems,
  isRedisUnavailable,
  type RedisConnection,
  type RedisProblem,
} from "./store/redis.ts";
export { isKnownCountry, normalizePhoneNumber, readPhoneNumber } from "./phone-number.ts";
export { createTokenSigner, type TokenSigner } from "./token.ts";
export {
  type Attempt,
  type AttemptOutcome,
  attemptOutcomes,
  channels,
  deliveryStatuses,
  type Channel,
  type DeliveryStatus,
  type VerificationStatus,
  type Delivery,
  type Verification,
  verificationStatuses,
} from "./verification.ts";
export { cancelVerification } from "./verifications/cancel.ts";
export { type Checked, checkNumber, checkVerification } from "./verifications/check.ts";
export { eraseNumber, eraseVerification } from "./verifications/erase.ts";
export { disableWebhook, isWebhookDisabled } from "./webhook-state.ts";
export { readVerification } from "./verifications/read.ts";
export { resendVerification } from "./verifications/resend.ts";
export { type Started, type StartInput, startVerification } from "./verifications/start.ts";
export { planRoute, type WorkflowStep } from "./workflow.ts";
