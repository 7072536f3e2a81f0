import { Counter, Gauge, type Registry } from "prom-client";
import { within } from "./within.ts";

/** What waits in each queue. */
export type Backlog = readonly {
  queue: string;
  waiting: number;
  active: number;
  delayed: number;
  prioritized: number;
  failed: number;
  /** Jobs that ever came to an end, done or failed. */
  finished: number;
  /** How long a job that is added now is expected to wait, and no less than the first delayed one is late. */
  waitMs: number;
}[];

export const jobStates = ["waiting", "active", "delayed", "prioritized", "failed"] as const;

/** Far below the time that a scrape may take, so that the other metrics are had while Redis is silent. */
const SAMPLE_WITHIN_MS = 2000;

/**
 * Measures the queues at each scrape. API and workers all tell the same numbers, so take their `max` and no `sum`.
 * @param backlog the newest sample, or a function that takes one; while there is none there are no values
 */
export function measureBacklog(
  registry: Registry,
  backlog: () => Backlog | undefined | Promise<Backlog | undefined>,
): void {
  let asking: Promise<Backlog> | undefined;
  /** All metrics of a scrape share a sample. */
  const sample = () => {
    asking ??= within(SAMPLE_WITHIN_MS, (async () => backlog())()).then((queues) => {
      asking = undefined;
      return queues ?? [];
    });
    return asking;
  };
  const jobs = new Gauge({
    name: "watchword_queue_jobs",
    help: "Jobs of a queue in a state",
    labelNames: ["queue", "state"],
    registers: [],
    async collect() {
      const queues = await sample();
      this.reset();
      for (const each of queues) {
        for (const state of jobStates) this.set({ queue: each.queue, state }, each[state]);
      }
    },
  });
  const wait = new Gauge({
    name: "watchword_queue_wait_seconds",
    help: "Estimate of how long a job that is added now waits, or how long the first delayed one is late if that is more",
    labelNames: ["queue"],
    registers: [],
    async collect() {
      const queues = await sample();
      this.reset();
      for (const { queue, waitMs } of queues) this.set({ queue }, waitMs / 1000);
    },
  });
  const finished = new Counter({
    name: "watchword_queue_finished_jobs_total",
    help: "Jobs of a queue that came to an end, done or failed, by any worker",
    labelNames: ["queue"],
    registers: [],
    async collect() {
      const queues = await sample();
      this.reset();
      for (const each of queues) this.inc({ queue: each.queue }, each.finished);
    },
  });
  registry.registerMetric(finished);
  registry.registerMetric(jobs);
  registry.registerMetric(wait);
}
