import type { Job } from "bullmq";

const HALF_DONE = 50;
const DONE = 100;

/** A line in the job's log on the dashboard: ids, reasons and times, never a code or a number. */
export async function note(job: Job, line: string): Promise<void> {
  await Promise.all([job.log(line), job.updateProgress(DONE)]);
}

/** The same for a job that will be run again. */
export async function noteWaiting(job: Job, line: string): Promise<void> {
  await Promise.all([job.log(line), job.updateProgress(HALF_DONE)]);
}
