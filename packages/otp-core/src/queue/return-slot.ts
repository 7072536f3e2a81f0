import type { Redis } from "ioredis";
import { script } from "../store/scripts.ts";
import { queueKey } from "./contracts.ts";

const run = script("return-slot");

/**
 * Gives back a job's place in the running window of its queue's rate, which BullMQ counts when it takes the job.
 * @param windowMs of the rate
 * @param takenMs how long ago the job was taken
 */
export async function returnSlot(redis: Redis, queue: string, windowMs: number, takenMs: number): Promise<void> {
  await run(redis, [queueKey(queue, "limiter")], [windowMs, Math.ceil(takenMs)]);
}
