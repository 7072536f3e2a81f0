import type { LookJob } from "@watchword/otp-core";
import { type EscalationJob, type QueueName, queueNames, queuePrefix } from "@watchword/otp-core/queue";
import { type Job, Queue } from "bullmq";
import type { Redis } from "ioredis";
import { onTestFinished } from "vitest";
import { expectSoon } from "./soon.fixture.ts";

export type TestQueues = Record<QueueName, Queue>;

/** Every queue as the dashboard sees it. What earlier tests left in this database of the test process is nobody's. */
export async function emptyQueues(redis: Redis): Promise<TestQueues> {
  const queues = queueNames.map((name) => new Queue(name, { connection: redis, prefix: queuePrefix(name) }));
  onTestFinished(async () => {
    await Promise.all(queues.map((queue) => queue.close()));
  });
  for (const queue of queues) {
    await queue.obliterate({ force: true });
    await queue.removeRateLimitKey();
  }
  return Object.fromEntries(queues.map((queue) => [queue.name, queue])) as TestQueues;
}

/** What the jobs of a queue ended with, oldest first. */
export async function results(queue: Queue): Promise<unknown[]> {
  const jobs = await queue.getCompleted(0, -1);
  return jobs.map(({ returnvalue }) => returnvalue as unknown).toReversed();
}

/** Waits until a queue has no job that is still to be done. */
export const expectDone = (queue: Queue): Promise<void> =>
  expectSoon(() => queue.getJobCountByTypes("waiting", "prioritized", "active", "delayed")).toBe(0);

/** Lets a job that is put off be due now, by every clock. */
async function endDelay(queue: Queue, jobId: string): Promise<void> {
  await expectSoon(async () => queue.getJobState(jobId)).toBe("delayed");
  const job = (await queue.getJob(jobId)) as Job<EscalationJob | LookJob>;
  const { dueAt: _, ...data } = job.data;
  await job.updateData(data);
  await job.promote();
}

/** Lets the patience with a delivery run out now. */
export const endPatience = ({ escalations }: TestQueues, deliveryId: string): Promise<void> =>
  endDelay(escalations, deliveryId);

/** Lets the look that follows a code's life come now. */
export const endLife = ({ notifications }: TestQueues, verificationId: string): Promise<void> =>
  endDelay(notifications, `look-${verificationId}`);
