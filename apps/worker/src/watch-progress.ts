import type { QueueBacklog } from "@watchword/otp-core/queue";
import type { Worker } from "bullmq";

/** Jobs that wait without one moving for longer than any job takes. */
const LIMIT_MS = 30_000;

export interface WatchOptions {
  limitMs?: number | undefined;
  /** ms, monotonic. */
  now?: () => number;
}

export interface Progress {
  /** Tells what waits: to be called about every second while Redis answers. */
  look(backlog: readonly QueueBacklog[]): void;
  /** The queues that are stuck. */
  stuck(): string[];
}

/** More than a second or two between looks is an outage, in which nothing can move. */
const OUTAGE_MS = 5000;

/**
 * Looks end to end whether jobs move: `isRunning()` and a ping may both be fine in a worker that takes no jobs. Stuck is
 * a queue where jobs wait, nothing holds them back, and none has begun or ended in this process for the limit's time.
 */
export function watchProgress(
  workers: readonly Worker[],
  { limitMs = LIMIT_MS, now = () => performance.now() }: WatchOptions = {},
): Progress {
  const movedAt = new Map(workers.map((worker) => [worker.name, now()]));
  /** Jobs of a window that all workers of a queue may take. */
  const rates = new Map(workers.map((worker) => [worker.name, worker.opts.limiter?.max ?? Infinity]));
  for (const worker of workers) {
    const moved = () => void movedAt.set(worker.name, now());
    worker.on("active", moved).on("completed", moved).on("failed", moved);
  }
  let lookedAt = now();
  let stuck: string[] = [];
  return {
    look(backlog) {
      const outage = now() - lookedAt > OUTAGE_MS;
      lookedAt = now();
      for (const { queue, waiting, prioritized, paused, limitedMs, takenInWindow } of backlog) {
        const rate = rates.get(queue);
        if (rate === undefined) continue;
        const heldBack = paused || limitedMs > 0 || takenInWindow >= rate;
        const due = waiting + prioritized > 0 && !heldBack;
        if (!due || outage) movedAt.set(queue, now());
      }
      stuck = [...movedAt].filter(([, at]) => now() - at > limitMs).map(([name]) => name);
    },
    stuck: () => stuck,
  };
}
