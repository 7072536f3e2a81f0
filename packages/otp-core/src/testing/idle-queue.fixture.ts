import type { QueueBacklog } from "../queue/backlog.ts";

/** A queue in which nothing is, as a look at it says. */
export const idleQueue: Omit<QueueBacklog, "queue"> = {
  waiting: 0,
  prioritized: 0,
  active: 0,
  delayed: 0,
  failed: 0,
  paused: false,
  limitedMs: 0,
  takenInWindow: 0,
  finished: 0,
  waitMs: 0,
  steadyWaitMs: 0,
};
