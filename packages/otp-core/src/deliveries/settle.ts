import { verificationKey } from "../store/keys.ts";
import { script } from "../store/scripts.ts";
import type { Channel, DeliveryStatus, VerificationStatus } from "../verification.ts";
import type { AttemptRef, DeliveryContext } from "./claim.ts";
import { channelOf, enqueueWaiting, parseWaiting, type Waiting } from "./enqueue.ts";

/** What became of one request to a carrier. */
export type SendOutcome =
  /** The carrier took the message or the call. `heldMs`: how long it says that it keeps it in a queue of its own. */
  | { outcome: "sent"; carrierId: string; heldMs?: number }
  /** It surely did not, and may later. `pausesQueue`: it wants fewer requests, of whatever delivery. */
  | { outcome: "retry"; reason: string; carrierCode?: string; retryAfterMs?: number; pausesQueue?: boolean }
  /** It may or may not have. */
  | { outcome: "uncertain"; reason: string; carrierCode?: string }
  /** It surely never will. */
  | { outcome: "failed"; reason: string; carrierCode?: string };

export interface Settled {
  /** The channel that the workflow went on to, where this delivery has come to nothing. */
  next?: Channel;
  applicationId: string;
  delivery: DeliveryStatus;
  verification: VerificationStatus;
  /** Since the delivery was asked for. */
  elapsedMs: number;
}

type Reply = ["not_found"] | [DeliveryStatus, VerificationStatus, number, Waiting, string];

const run = script("settle");

/**
 * Records the outcome of an attempt, once, and goes on with the workflow where the delivery has come to nothing.
 * Undefined where the verification has been forgotten meanwhile.
 */
export async function settleDelivery(
  context: Pick<DeliveryContext, "redis" | "queue">,
  ref: AttemptRef,
  result: SendOutcome,
): Promise<Settled | undefined> {
  const [code, reason, carrierId] =
    result.outcome === "sent" ? ["", "", result.carrierId] : [result.carrierCode ?? "", result.reason, ""];
  const reply = (await run(
    context.redis,
    [verificationKey(ref)],
    [ref.number, ref.attempt, result.outcome, code.replace(/\s/g, "_"), reason, carrierId],
  )) as Reply;
  if (reply[0] === "not_found") return undefined;
  const [delivery, verification, elapsedMs, waiting, applicationId] = reply;
  await enqueueWaiting(context, parseWaiting(ref, waiting));
  return { applicationId, delivery, verification, elapsedMs, ...channelOf(waiting) };
}
