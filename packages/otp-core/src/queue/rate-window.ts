import type { Redis } from "ioredis";
import { script } from "../store/scripts.ts";
import { HELD_BACK, queueKey } from "./contracts.ts";

const run = script("return-slot");
const runShorten = script("shorten-window");

/**
 * Gives back a job's place in the running window of its queue's rate, which BullMQ counts when it takes the job.
 * @param windowMs of the rate
 * @param takenMs how long ago the job was taken
 */
export async function returnSlot(redis: Redis, queue: string, windowMs: number, takenMs: number): Promise<void> {
  await run(redis, [queueKey(queue, "limiter")], [HELD_BACK, windowMs, Math.ceil(takenMs)]);
}

/**
 * Ends a window of a slower rate that was set before, which would hold the queue back for as long as that one said.
 * @param windowMs of the rate that is set now
 */
export async function shortenWindow(redis: Redis, queue: string, windowMs: number): Promise<void> {
  await runShorten(redis, [queueKey(queue, "limiter")], [HELD_BACK, windowMs]);
}
