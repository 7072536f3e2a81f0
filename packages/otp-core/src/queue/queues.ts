import type { Redis } from "ioredis";
import type { DeliveryQueue } from "../core.ts";
import type { Receipt } from "../deliveries/receipt.ts";
import { type DeliveryJob, queueNames } from "./contracts.ts";
import { createProducer, type Producer } from "./producer.ts";

/** Where the API leaves work for the workers. */
export interface Queues extends DeliveryQueue {
  /** @param eventId the carrier's id of the event: the same event twice is one job. */
  addReceipt(receipt: Receipt, eventId: string): Promise<void>;
  close(): Promise<void>;
}

export function createQueues(redis: Redis): Queues {
  const producers = new Map<string, Producer<DeliveryJob | Receipt>>(
    queueNames.map((name) => [name, createProducer(redis, name)]),
  );
  const producer = (name: string) => {
    const found = producers.get(name);
    if (!found) throw new Error(`there is no queue named ${name}`);
    return found;
  };
  return {
    add: (queue, deliveryId) => producer(queue).add("deliver", { deliveryId }, deliveryId),
    addReceipt: (receipt, eventId) =>
      producer("receipts").add(`receipt ${receipt.status}`, receipt, `event-${eventId}`),
    close: async () => {
      await Promise.all([...producers.values()].map((each) => each.close()));
    },
  };
}
