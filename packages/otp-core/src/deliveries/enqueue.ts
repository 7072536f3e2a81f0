import { type Core, deliveryQueue } from "../core.ts";
import type { Channel } from "../verification.ts";
import { deliveryId, type VerificationRef } from "../ids.ts";

/** Deliveries that wait to be sent, as the scripts give them: `number, channel, carrier, …`. */
export type Waiting = (number | string)[];

/**
 * Enqueues what a script has added. It is safe to do so again, and whoever finds a delivery waiting does: a crash
 * between the record and the queue heals by that.
 */
export async function enqueueWaiting(
  { queue }: Pick<Core, "queue">,
  ref: VerificationRef,
  waiting: Waiting,
): Promise<void> {
  const adds: Promise<void>[] = [];
  for (let i = 0; i < waiting.length; i += 3) {
    const [number, channel, carrier] = waiting.slice(i, i + 3);
    adds.push(
      queue.add(
        deliveryQueue(String(channel), String(carrier)),
        deliveryId({ tag: ref.tag, nonce: ref.nonce, number: Number(number) }),
      ),
    );
  }
  await Promise.all(adds);
}

/** The channel of the first of them: where the workflow went on to. */
export const channelOf = (waiting: Waiting): { next?: Channel } =>
  waiting.length > 0 ? { next: waiting[1] as Channel } : {};
