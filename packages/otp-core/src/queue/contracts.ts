import { deliveryQueue } from "../core.ts";

/** Every queue there is. A worker serves all of them or those named in its configuration. */
export const queueNames = [deliveryQueue("sms", "telnyx"), "receipts"] as const;
export type QueueName = (typeof queueNames)[number];

/** Job of a delivery queue. Its id is the delivery's. */
export interface DeliveryJob {
  deliveryId: string;
}

/** All keys of a queue share a Redis Cluster slot, by their hash tag. */
export const queuePrefix = (queue: string): string => `ww:{${queue}}`;

/**
 * Bounds a job that keeps failing for a reason nobody foresaw; a delivery that waits for its carrier ends with the
 * life of its code long before.
 */
export const JOB_ATTEMPTS = 50;
/** Names the worker's own back-off strategy. */
export const BACKOFF = "watchword";
