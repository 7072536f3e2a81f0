import { type Core, deliveryQueue } from "../core.ts";
import type { Channel, DeliveryCause } from "../verification.ts";
import { deliveryId, type VerificationRef } from "../ids.ts";

/** Deliveries that wait to be sent, as the scripts give them: `number, channel, carrier, cause, …`. */
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
  for (let i = 0; i < waiting.length; i += 4) {
    const [number, channel, carrier, cause] = waiting.slice(i, i + 4);
    adds.push(
      queue.add(
        deliveryQueue(String(channel), String(carrier)),
        deliveryId({ tag: ref.tag, nonce: ref.nonce, number: Number(number) }),
        cause as DeliveryCause,
      ),
    );
  }
  await Promise.all(adds);
}

/** Where the workflow went on to: the channel of the newest of them that it has added. */
export function channelOf(waiting: Waiting): { next?: Channel } {
  for (let i = waiting.length - 4; i >= 0; i -= 4) {
    if (waiting[i + 3] === "fallback") return { next: waiting[i + 1] as Channel };
  }
  return {};
}
