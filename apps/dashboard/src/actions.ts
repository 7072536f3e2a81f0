const QUEUE = "/api/queues/:queueName";
const JOB = `${QUEUE}/:jobId`;

/** What an operator may do, as Bull Board's routes: to wait, to go on, to try again, to remove. */
const ALLOWED = new Set([
  "/api/queues/pause",
  "/api/queues/resume",
  `${QUEUE}/pause`,
  `${QUEUE}/resume`,
  `${QUEUE}/retry/:queueStatus`,
  `${QUEUE}/promote`,
  `${QUEUE}/clean/:queueStatus`,
  `${QUEUE}/empty`,
  // Ends the pause after a carrier's 429, which workers keep under the same key.
  `${QUEUE}/rate-limit/release`,
  `${JOB}/retry`,
  `${JOB}/promote`,
  `${JOB}/clean`,
]);

const BY_HAND = "Jobs are made by the API and not by hand.";

const REASONS: ReadonlyMap<string, string> = new Map([
  [`${QUEUE}/add`, BY_HAND],
  [`${JOB}/update-data`, BY_HAND],
  [`${JOB}/delay`, BY_HAND],
  [`${JOB}/priority`, BY_HAND],
  // Workers go by their own settings, whatever a queue's say.
  [
    `${QUEUE}/rate-limit`,
    "The rate of a queue is set with its workers: TELNYX_SMS_PER_SECOND, TELNYX_CALLS_PER_SECOND.",
  ],
  // It would outlive whoever set it, and a worker that dies holds its share of it until the job is taken over.
  [`${QUEUE}/concurrency`, "How many jobs run at a time is set with the workers: WORKER_CONCURRENCY."],
  // It takes jobs from under the workers, and with them what they report.
  [`${QUEUE}/obliterate`, "Queues stay: empty this one, or clean what is finished."],
]);

/** Those of a worker that has died are taken over: whoever removed them would lose what was accepted, unseen. */
const AT_WORK = "Jobs that are being worked on stay: those of a worker that has died are taken over.";

/**
 * Why a change is refused to everybody; nothing where an operator may make it.
 * @param jobs by their state, where the route names one
 */
export function reasonAgainst(route: string, jobs?: string): string | undefined {
  if (route === `${QUEUE}/clean/:queueStatus` && jobs === "active") return AT_WORK;
  return ALLOWED.has(route) ? undefined : (REASONS.get(route) ?? "The dashboard does not offer this.");
}
