import { type DeliveryRef } from "../ids.ts";
import { verificationKey } from "../store/keys.ts";
import { script } from "../store/scripts.ts";
import type { DeliveryStatus } from "../verification.ts";
import type { Redis } from "ioredis";

/** What became of one request to a carrier. */
export type SendOutcome =
  /** The carrier took the message. */
  | { outcome: "sent"; carrierId: string }
  /** It surely did not, and may later. */
  | { outcome: "retry"; reason: string; carrierCode?: string; retryAfterMs?: number }
  /** It may or may not have. */
  | { outcome: "uncertain"; reason: string; carrierCode?: string }
  /** It surely never will. */
  | { outcome: "failed"; reason: string; carrierCode?: string };

type Reply = ["not_found"] | [DeliveryStatus];

const run = script("settle");

/** Records the outcome of a claimed delivery and gives its status; undefined where the verification has been forgotten meanwhile. */
export async function settleDelivery(
  { redis }: { redis: Redis },
  ref: DeliveryRef,
  result: SendOutcome,
): Promise<DeliveryStatus | undefined> {
  const reason = result.outcome === "sent" ? "" : result.reason;
  const carrierId = result.outcome === "sent" ? result.carrierId : "";
  const reply = (await run(redis, [verificationKey(ref)], [ref.number, result.outcome, reason, carrierId])) as Reply;
  return reply[0] === "not_found" ? undefined : reply[0];
}
