import { parseDeliveryId } from "../ids.ts";
import type { DeliveryCause } from "../verification.ts";

/** Queues of deliveries, one for each channel and carrier; named as `deliveryQueue` names them. */
export const deliveryQueueNames = ["sms-telnyx", "call-telnyx"] as const;
export type DeliveryQueueName = (typeof deliveryQueueNames)[number];

/** Every queue there is. A worker serves all of them or those named in its configuration. */
export const queueNames = [...deliveryQueueNames, "receipts", "call-events", "escalations", "notifications"] as const;
export type QueueName = (typeof queueNames)[number];

/** Those of calls, which nobody can serve without a voice connection. */
export const isCallQueue = (name: string): boolean => name === "call-telnyx" || name === "call-events";

export const isQueueName = (name: string): name is QueueName => queueNames.some((known) => known === name);

/** Job of a delivery queue. Its id is the delivery's. */
export interface DeliveryJob {
  deliveryId: string;
}

/** Job of the queue `escalations`. Its id is the delivery's. */
export interface EscalationJob extends DeliveryJob {
  /** ms since the epoch by the store's clock. */
  dueAt?: number;
  /** The job of the receipt that was the newest when this was due. */
  after?: string;
}

/** All keys of a queue share a Redis Cluster slot, by their hash tag. */
export const queuePrefix = (queue: string): string => `ww:{${queue}}`;

/**
 * Bounds a job that keeps failing for a reason nobody foresaw; a delivery that waits for its carrier ends with the
 * life of its code long before.
 */
export const JOB_ATTEMPTS = 50;

/** An event is told eight times over a day, then given up. */
export const NOTIFICATION_ATTEMPTS = 8;

/** Names the worker's own back-off strategy. */
export const BACKOFF = "watchword";

/** In BullMQ a job without a priority goes before all that have one, then the lower number goes first. */
const FIRST_CALL_PRIORITY = 1;
const RESEND_PRIORITY = 10;

/** Whoever the workflow calls has waited longest, before first calls; a resend gives way to whoever has nothing yet. */
function priorityOf(channel: string, cause: DeliveryCause): number | undefined {
  switch (cause) {
    case "fallback":
      return undefined;
    case "start":
      // A priority costs the queue some of its speed, which messages need most; few of them follow another.
      return channel === "call" ? FIRST_CALL_PRIORITY : undefined;
    case "resend":
      return RESEND_PRIORITY;
  }
}

const channelNames: Readonly<Record<string, string>> = { sms: "SMS", call: "call" };

/** How a delivery's job shows in the dashboard, and how urgent it is. */
export function deliveryJob(
  queue: string,
  deliveryId: string,
  cause: DeliveryCause = "start",
): { name: string; priority?: number } {
  const [channel = ""] = queue.split("-");
  const number = parseDeliveryId(deliveryId)?.number ?? 1;
  const name = channelNames[channel] ?? channel;
  const priority = priorityOf(channel, cause);
  return { name: number === 1 ? name : `${name}, delivery ${number}`, ...(priority !== undefined && { priority }) };
}

/** BullMQ counts the jobs of a rate's window in `limiter`, and puts the greatest integer there to hold a queue back. */
export const HELD_BACK = Number.MAX_SAFE_INTEGER;

/** A key of BullMQ's, e.g. `wait`, where its own reading would need a connection of its own or cost a script. */
export const queueKey = (queue: string, part: string): string => `${queuePrefix(queue)}:${queue}:${part}`;
