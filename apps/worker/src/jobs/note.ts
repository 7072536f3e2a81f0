import type { Job } from "bullmq";

/** A line in the job's log on the dashboard: ids, reasons and times, never a code or a number. */
export async function note(job: Job, line: string): Promise<void> {
  await job.log(line);
}

/** The same for a job that will be run again: it shows as half done. */
export async function noteWaiting(job: Job, line: string): Promise<void> {
  await Promise.all([job.log(line), job.updateProgress(50)]);
}
