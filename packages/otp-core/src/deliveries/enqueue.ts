import { type Core, deliveryQueue } from "../core.ts";
import { deliveryId, type VerificationRef } from "../ids.ts";
import type { Channel, Delivery, DeliveryCause } from "../verification.ts";

/** Deliveries that wait to be sent, as the scripts give them: `number, channel, carrier, cause, 1 if just added, …`. */
export type Waiting = (number | string)[];
const FIELDS = 5;

export function parseWaiting({ tag, nonce }: VerificationRef, waiting: Waiting) {
  return Array.from({ length: waiting.length / FIELDS }, (_, index) => {
    const [number, channel, carrier, cause] = waiting.slice(FIELDS * index);
    const id = deliveryId({ tag, nonce, number: Number(number) });
    return {
      id,
      channel: channel as Channel,
      carrier: String(carrier),
      cause: cause as DeliveryCause,
      status: "queued" as const,
    };
  });
}

/**
 * Enqueues those of a verification's deliveries that wait to be sent. One that was recorded just before a crash or an
 * outage has no job yet, and the next request or job that finds it heals that; one that has a job keeps it.
 */
export async function enqueueWaiting(
  { queue }: Pick<Core, "queue">,
  deliveries: readonly Pick<Delivery, "id" | "channel" | "carrier" | "cause" | "status">[],
): Promise<void> {
  const waiting = deliveries.filter(({ status }) => status === "queued");
  await Promise.all(
    waiting.map(({ id, channel, carrier, cause }) => queue.add(deliveryQueue(channel, carrier), id, cause)),
  );
}

/** Where the workflow has just gone on to: the channel of the one that it added. */
export function channelOf(waiting: Waiting): { next?: Channel } {
  for (let i = 0; i < waiting.length; i += FIELDS) {
    if (waiting[i + FIELDS - 1] === 1) return { next: waiting[i + 1] as Channel };
  }
  return {};
}
