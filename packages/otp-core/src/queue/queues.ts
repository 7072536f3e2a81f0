import type { Telemetry } from "bullmq";
import type { Redis } from "ioredis";
import type { DeliveryQueue } from "../core.ts";
import type { CallEventJob } from "../deliveries/call-event.ts";
import type { Receipt } from "../deliveries/receipt.ts";
import { eventId, type NotificationJob } from "../events.ts";
import { deliveryJob, type EscalationJob, NOTIFICATION_ATTEMPTS, type QueueName, queueNames } from "./contracts.ts";
import { createProducer, type Producer } from "./producer.ts";

/** Where work is left for the workers. */
export interface Queues extends DeliveryQueue {
  /** @param eventId the carrier's id of the event: the same event twice is one job. */
  addReceipt(receipt: Receipt, eventId: string): Promise<void>;
  /** @param event holds the carrier's id of the event: the same event twice is one job. */
  addCallEvent(event: CallEventJob): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param redis stays the caller's to close
 * @param telemetry carries the trace along with each job, see `queueTelemetry`
 */
export function createQueues(redis: Redis, telemetry?: Telemetry): Queues {
  const producers = new Map<string, Producer<EscalationJob | Receipt | CallEventJob | NotificationJob>>(
    queueNames.map((name) => [name, createProducer(redis, name, telemetry)]),
  );
  const producer = (name: string) => {
    const found = producers.get(name);
    if (!found) throw new Error(`there is no queue named ${name}`);
    return found;
  };
  const own = (name: QueueName) => producer(name);
  return {
    add(queue, deliveryId, cause) {
      const { name, ...options } = deliveryJob(queue, deliveryId, cause);
      return producer(queue).add(name, { deliveryId }, deliveryId, options);
    },
    escalate: (deliveryId, delayMs, dueAt) =>
      own("escalations").add("unless confirmed", { deliveryId, ...(dueAt !== undefined && { dueAt }) }, deliveryId, {
        delay: delayMs,
      }),
    notify: (event) => own("notifications").add(event.type, event, eventId(event), { attempts: NOTIFICATION_ATTEMPTS }),
    lookForEvents: (verificationId, delayMs, dueAt) =>
      own("notifications").add("look for what was not told", { verificationId, dueAt }, `look-${verificationId}`, {
        delay: delayMs,
      }),
    addReceipt: (receipt, eventId) => own("receipts").add(`receipt ${receipt.status}`, receipt, `event-${eventId}`),
    addCallEvent: (event) => own("call-events").add(`call ${event.event}`, event, `event-${event.eventId}`),
    close: async () => {
      await Promise.all([...producers.values()].map((each) => each.close()));
    },
  };
}
