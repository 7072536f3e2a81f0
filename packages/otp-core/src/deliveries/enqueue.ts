import { type Core, deliveryQueue } from "../core.ts";
import { deliveryId, type VerificationRef } from "../ids.ts";
import type { Channel, Delivery } from "../verification.ts";

/** Deliveries that wait to be sent, as the scripts give them: `number, channel, carrier, …`. */
export type Waiting = (number | string)[];

export function parseWaiting({ tag, nonce }: VerificationRef, waiting: Waiting) {
  return Array.from({ length: waiting.length / 3 }, (_, index) => {
    const [number, channel, carrier] = waiting.slice(3 * index);
    const id = deliveryId({ tag, nonce, number: Number(number) });
    return { id, channel: channel as Channel, carrier: String(carrier), status: "queued" as const };
  });
}

/**
 * Enqueues those of a verification's deliveries that wait to be sent. One that was recorded just before a crash or an
 * outage has no job yet, and the next request or job that finds it heals that; one that has a job keeps it.
 */
export async function enqueueWaiting(
  { queue }: Pick<Core, "queue">,
  deliveries: readonly Pick<Delivery, "id" | "channel" | "carrier" | "status">[],
): Promise<void> {
  const waiting = deliveries.filter(({ status }) => status === "queued");
  await Promise.all(waiting.map(({ id, channel, carrier }) => queue.add(deliveryQueue(channel, carrier), id)));
}

/** The channel of the first of them: where the workflow went on to. */
export const channelOf = (waiting: Waiting): { next?: Channel } =>
  waiting.length > 0 ? { next: waiting[1] as Channel } : {};
