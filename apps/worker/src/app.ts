import { isRedisUnavailable, type Receipt } from "@watchword/otp-core";
import { type DeliveryJob, type QueueName, queuePrefix } from "@watchword/otp-core/queue";
import { type Job, type Processor, Worker } from "bullmq";
import { backoffStrategy } from "./backoff.ts";
import { applyReceiptJob } from "./jobs/apply-receipt.ts";
import { deliverSms, type DeliverSmsDeps } from "./jobs/deliver-sms.ts";

export interface WorkerDeps extends DeliverSmsDeps {
  /** Which queues to serve. */
  queues: readonly QueueName[];
  /** Jobs of one queue at a time. */
  concurrency: number;
}

export interface RunningWorker {
  /** Resolves when every queue is being served. */
  ready(): Promise<void>;
  /** Whether every queue is being served over a live connection. */
  healthy(): boolean;
  /** Takes no more jobs, finishes those at hand. */
  close(): Promise<void>;
}

/** Longer than the grace period of a stop, so that no other worker takes a job that is still being finished. */
const LOCK_MS = 10_000;
/** With the lock it bounds the time until a crashed worker's jobs run again. */
const STALLED_CHECK_MS = 5000;
/** A job may be interrupted any number of times: the life of its code bounds it. */
const MAX_STALLED = 1_000_000;

const hour = 3600;
/** Finished jobs are kept for the dashboard, and so that the same id is not run twice while its code lives. */
const removeOnComplete = { age: hour, count: 10_000 };
const removeOnFail = { age: 24 * hour, count: 10_000 };

/** Serves the queues side by side with any number of other workers. */
export function buildWorker(deps: WorkerDeps): RunningWorker {
  const processors: Record<QueueName, Processor> = {
    "sms-telnyx": (job: Job<DeliveryJob>) => deliverSms(job, deps),
    receipts: (job: Job<Receipt>) => applyReceiptJob(job, deps),
  };
  const workers = deps.queues.map((name) =>
    new Worker(name, processors[name], {
      connection: deps.redis,
      prefix: queuePrefix(name),
      concurrency: deps.concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: MAX_STALLED,
      removeOnComplete,
      removeOnFail,
      settings: { backoffStrategy },
    })
      .on("error", (error) => {
        // An outage is reported by the connection, once.
        if (!isRedisUnavailable(error)) deps.logger.error({ queue: name, err: error }, "worker error");
      })
      .on("stalled", (jobId) =>
        deps.logger.warn({ queue: name, job_id: jobId }, "taken over from a worker that is gone"),
      ),
  );
  return {
    ready: async () => {
      await Promise.all(workers.map((worker) => worker.waitUntilReady()));
    },
    healthy: () => deps.redis.status === "ready" && workers.every((worker) => worker.isRunning()),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}
