import type { Redis } from "ioredis";
import { queueKey, type QueueName } from "./contracts.ts";

/** The id of the job that came last, of those that wait or are being worked on; undefined where there is none. */
export async function newestJob(redis: Redis, queue: QueueName): Promise<string | undefined> {
  const [waiting, paused, active] = await Promise.all(
    ["wait", "paused", "active"].map((state) => redis.lindex(queueKey(queue, state), 0)),
  );
  return waiting ?? paused ?? active ?? undefined;
}

/** Whether a job has come to an end, or is forgotten. */
export async function isFinished(redis: Redis, queue: QueueName, jobId: string): Promise<boolean> {
  const [timestamp, finishedOn] = await redis.hmget(queueKey(queue, jobId), "timestamp", "finishedOn");
  return timestamp === null || finishedOn !== null;
}
