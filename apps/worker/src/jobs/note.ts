import type { Job } from "bullmq";

const HALF_DONE = 50;
const DONE = 100;

/** A line in the job's log on the dashboard: ids, reasons and times, never a code or a number. */
export async function note(job: Job, line: string, { runsAgain = false } = {}): Promise<void> {
  await Promise.all([job.log(line), job.updateProgress(runsAgain ? HALF_DONE : DONE)]);
}
