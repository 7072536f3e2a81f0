import { parseDeliveryId } from "../ids.ts";
import { verificationKey } from "../store/keys.ts";
import { script } from "../store/scripts.ts";
import type { Channel, DeliveryStatus, VerificationStatus } from "../verification.ts";
import type { DeliveryContext } from "./claim.ts";
import { channelOf, enqueueWaiting, parseWaiting, type Waiting } from "./enqueue.ts";

/** A carrier's word on a message, ids only: the number and the text in its event are dropped where it is received. */
export interface Receipt {
  deliveryId: string;
  status: "sent" | "delivered" | "undelivered" | "unconfirmed";
  /** A stable reason where it was not delivered. */
  reason: string | null;
  /** The carrier's id of the message. */
  carrierId: string;
}

export interface ReceiptApplied {
  /** The channel that the workflow went on to, where this delivery has come to nothing. */
  next?: Channel;
  applicationId: string;
  outcome: "applied" | "ignored";
  delivery: DeliveryStatus;
  verification: VerificationStatus;
  channel: Channel;
  carrier: string;
  /** Since the delivery was asked for. */
  elapsedMs: number;
}

type Reply =
  | ["not_found"]
  | ["applied" | "ignored", DeliveryStatus, VerificationStatus, Channel, string, number, Waiting, string];

const run = script("receipt");

/**
 * Moves a delivery forward, never back, and goes on with the workflow where it was not delivered; undefined for one
 * that has been forgotten.
 */
export async function applyReceipt(
  context: Pick<DeliveryContext, "redis" | "queue">,
  receipt: Receipt,
): Promise<ReceiptApplied | undefined> {
  const ref = parseDeliveryId(receipt.deliveryId);
  if (!ref) return undefined;
  const args = [ref.number, receipt.status, receipt.reason ?? "", receipt.carrierId];
  const reply = (await run(context.redis, [verificationKey(ref)], args)) as Reply;
  if (reply[0] === "not_found") return undefined;
  const [outcome, delivery, verification, channel, carrier, elapsedMs, waiting, applicationId] = reply;
  await enqueueWaiting(context, parseWaiting(ref, waiting));
  return { applicationId, outcome, delivery, verification, channel, carrier, elapsedMs, ...channelOf(waiting) };
}
