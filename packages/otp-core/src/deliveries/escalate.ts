import { parseDeliveryId } from "../ids.ts";
import { verificationKey } from "../store/keys.ts";
import { script } from "../store/scripts.ts";
import type { Channel, DeliveryStatus, VerificationStatus } from "../verification.ts";
import type { DeliveryContext } from "./claim.ts";
import { channelOf, enqueueWaiting, parseWaiting, type Waiting } from "./enqueue.ts";

export interface Escalation {
  /** The channel that the workflow went on to, where this delivery has come to nothing. */
  next?: Channel;
  /** `unneeded` where it was confirmed, the verification is over, or the workflow has gone on or has no further step. */
  outcome: "escalated" | "unneeded";
  /** Of the delivery. */
  channel: Channel;
  delivery: DeliveryStatus;
  verification: VerificationStatus;
}

type Reply = ["not_found"] | ["escalated" | "unneeded", DeliveryStatus, VerificationStatus, Waiting, Channel];

const run = script("escalate");

/** Begins the next step of the workflow where a delivery has not been confirmed; undefined for a forgotten one. */
export async function escalateDelivery(
  context: Pick<DeliveryContext, "redis" | "queue">,
  deliveryId: string,
): Promise<Escalation | undefined> {
  const ref = parseDeliveryId(deliveryId);
  if (!ref) return undefined;
  const reply = (await run(context.redis, [verificationKey(ref)], [ref.number])) as Reply;
  if (reply[0] === "not_found") return undefined;
  const [outcome, delivery, verification, waiting, channel] = reply;
  await enqueueWaiting(context, parseWaiting(ref, waiting));
  return { outcome, channel, delivery, verification, ...channelOf(waiting) };
}
