import { DelayedError, type Job } from "bullmq";

/**
 * Lets a job come back after a time, which is none of its attempts.
 * @throws {DelayedError} always: nothing follows it.
 */
export async function putOff(job: Job, delayMs: number): Promise<never> {
  await job.moveToDelayed(Date.now() + delayMs, job.token);
  throw new DelayedError();
}
