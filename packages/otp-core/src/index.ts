export type { Application, Core, DeliveryQueue, VerificationSettings } from "./core.ts";
export { type Claim, claimDelivery, type DeliveryContext, RECEIPT_WAIT_MS } from "./deliveries/claim.ts";
export { applyReceipt, type Receipt, type ReceiptApplied } from "./deliveries/receipt.ts";
export { type SendOutcome, settleDelivery } from "./deliveries/settle.ts";
export { type ErrorCode, type FieldError, WatchwordError } from "./errors.ts";
export { type DeliveryRef, parseDeliveryId, parseVerificationId } from "./ids.ts";
export { createKeyring, type Keyring, type Secret } from "./keyring.ts";
export { numberRequests, type RateLimitPolicy } from "./limits/policies.ts";
export {
  connectForRequests,
  connectForWork,
  durabilityProblems,
  isRedisUnavailable,
  type RedisConnection,
  type RedisProblem,
} from "./store/redis.ts";
export { parseRedisUrl } from "./store/redis-url.ts";
export { isKnownCountry } from "./phone-number.ts";
export { createTokenSigner, type TokenSigner } from "./token.ts";
export {
  channels,
  deliveryStatuses,
  type Channel,
  type Delivery,
  type Verification,
  verificationStatuses,
} from "./verification.ts";
export { cancelVerification } from "./verifications/cancel.ts";
export { type Checked, checkNumber, checkVerification } from "./verifications/check.ts";
export { readVerification } from "./verifications/read.ts";
export { resendVerification } from "./verifications/resend.ts";
export { type Started, type StartInput, startVerification } from "./verifications/start.ts";
