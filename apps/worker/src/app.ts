import type { Caller, SmsSender } from "@watchword/carriers";
import {
  type CallEventJob,
  type Channel,
  type ClaimContext,
  isRedisUnavailable,
  type NotificationJob,
  type Receipt,
} from "@watchword/otp-core";
import {
  type Backlog,
  type DeliveryJob,
  type DeliveryQueueName,
  type EscalationJob,
  isCallQueue,
  type QueueName,
  queuePrefix,
  returnSlot,
  shortenWindow,
  watchBacklog,
} from "@watchword/otp-core/queue";
import { type Job, type Processor, type Telemetry, Worker } from "bullmq";
import type { Logger } from "pino";
import { backoffStrategy } from "./backoff.ts";
import type { AnnounceDeps } from "./jobs/announce.ts";
import { applyReceiptJob } from "./jobs/apply-receipt.ts";
import { callEventJob } from "./jobs/call-event.ts";
import { deliver, type DeliverDeps, type Lane } from "./jobs/deliver.ts";
import { callLane } from "./jobs/deliver-call.ts";
import { type Sayings, smsLane } from "./jobs/deliver-sms.ts";
import { escalateJob } from "./jobs/escalate.ts";
import { notifyJob, type NotifyDeps } from "./jobs/notify.ts";
import { limiter } from "./limiter.ts";
import type { WorkerMetrics } from "./metrics.ts";
import { outlasted } from "./outlasted.ts";
import { watchProgress } from "./watch-progress.ts";

export interface WorkerDeps
  extends ClaimContext, AnnounceDeps, Pick<NotifyDeps, "poster" | "webhook">, Pick<DeliverDeps, "claimHoldsMs"> {
  sender: SmsSender;
  /** Undefined where no voice is set up: the queues of calls are not served then. */
  caller?: Caller | undefined;
  logger: Logger;
  metrics?: WorkerMetrics | undefined;
  /** Ties each job to the trace of what made it. */
  telemetry?: Telemetry | undefined;
  /** What the application of a verification has its messages say; undefined where this process does not know it. */
  sayings: (applicationId: string) => Sayings | undefined;
  /** Where a carrier posts what became of a delivery. */
  webhookUrl: (deliveryId: string) => string;
  /** No job is taken before it resolves; at once where it is not given. */
  mayBegin?: Promise<void> | undefined;
  /** Which queues to serve. */
  queues: readonly QueueName[];
  /** Jobs of one queue at a time. */
  concurrency: number;
  /** Deliveries per second that the carrier takes, over all workers; those not named have no limit. */
  perSecond?: Partial<Record<DeliveryQueueName, number | undefined>> | undefined;
  /** Called when jobs wait and none has moved for too long: the process is of no use any more. */
  onWedged: (queues: string[]) => void;
  /** How long that is; longer than any job takes. */
  wedgedAfterMs?: number | undefined;
  /** How long a stop waits for jobs at hand while Redis is away; longer than a request to a carrier. */
  letGoAfterMs?: number | undefined;
}

export interface RunningWorker {
  /** The queues that are served. */
  queues: readonly QueueName[];
  /** What waits in every queue. */
  backlog: Backlog;
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
/** How often a queue that is held back is looked at: BullMQ may begin this wait when it is to close, and sits it out. */
const LIMITED_CHECK_MS = 1000;
/** A job may be interrupted any number of times: the life of its code bounds it. */
const MAX_STALLED = 1_000_000;

/** Applications' own machines, which may all hang, take no more than this of a worker's memory and sockets. */
const MAX_NOTIFICATIONS = 100;

const hour = 3600;
/** Finished jobs are kept for the dashboard, and so that the same id is not run twice while its code lives. */
const removeOnComplete = { age: hour, count: 10_000 };
const removeOnFail = { age: 24 * hour, count: 10_000 };

/** Serves the queues side by side with any number of other workers. */
export function buildWorker(deps: WorkerDeps): RunningWorker {
  const { caller, logger } = deps;
  const queues = deps.queues.filter((name) => caller !== undefined || !isCallQueue(name));
  let atHand = 0;
  const workers = queues.map((name): Worker => {
    const perSecond = (deps.perSecond as Partial<Record<string, number>> | undefined)?.[name];
    const rate = limiter(perSecond);
    const worker: Worker = new Worker(name, counted(processor(name)), {
      connection: deps.redis,
      prefix: queuePrefix(name),
      concurrency: name === "notifications" ? Math.min(deps.concurrency, MAX_NOTIFICATIONS) : deps.concurrency,
      maximumRateLimitDelay: LIMITED_CHECK_MS,
      limiter: rate,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: MAX_STALLED,
      removeOnComplete,
      removeOnFail,
      // Counts finished jobs, from which the wait in the queue is estimated.
      metrics: { maxDataPoints: 1 },
      ...(deps.telemetry && { telemetry: deps.telemetry }),
      settings: { backoffStrategy },
      autorun: false,
    });
    if (perSecond !== undefined) {
      worker.once("ready", () => {
        shortenWindow(deps.redis, name, rate.duration).catch((error: unknown) =>
          logger.warn({ queue: name, err: error }, "the window of a former rate stays"),
        );
      });
    }
    worker.on("error", (error) => {
      // An outage is reported by the connection, once.
      if (!isRedisUnavailable(error)) logger.error({ queue: name, err: error }, "worker error");
    });
    worker.on("stalled", (jobId) =>
      logger.warn({ queue: name, job_id: jobId }, "taken over from a worker that is gone"),
    );
    return worker;

    function processor(queue: QueueName): Processor {
      const lane = (channel: Channel, send: Lane["send"]): Lane => ({
        channel,
        carrier: "telnyx",
        send,
        async pause(ms) {
          // Of several answers at a time the longest wait counts.
          if ((await deps.redis.pttl(worker.toKey("limiter"))) < ms) await worker.rateLimit(ms);
        },
        async giveBack(takenMs) {
          if (perSecond !== undefined) await returnSlot(deps.redis, queue, rate.duration, takenMs);
        },
      });
      switch (queue) {
        case "sms-telnyx": {
          const sms = lane("sms", smsLane(deps));
          return (job: Job<DeliveryJob>) => deliver(job, sms, deps);
        }
        case "call-telnyx": {
          const call = lane("call", callLane({ ...deps, caller: required(caller) }));
          return (job: Job<DeliveryJob>) => deliver(job, call, deps);
        }
        case "receipts":
          return (job: Job<Receipt>) => applyReceiptJob(job, deps);
        case "call-events": {
          const withCaller = { ...deps, caller: required(caller) };
          return (job: Job<CallEventJob>) => callEventJob(job, withCaller);
        }
        case "escalations":
          return (job: Job<EscalationJob>) => escalateJob(job, deps);
        case "notifications":
          return (job: Job<NotificationJob>) => notifyJob(job, deps);
      }
    }
  });
  let closing = false;
  const begin = (worker: Worker): Promise<void> =>
    worker.run().catch((error: unknown) => void worker.emit("error", error as Error));
  const mayBegin = deps.mayBegin ?? Promise.resolve();
  void mayBegin.then(() => (closing ? undefined : Promise.all(workers.map(begin))));
  const progress = watchProgress(workers, { limitMs: deps.wedgedAfterMs });
  const backlog = watchBacklog(deps.redis, {
    onLook: (looks) => {
      progress.look(looks);
      if (progress.stuck().length > 0) deps.onWedged(progress.stuck());
    },
    onError: (error) => logger.error({ err: error }, "cannot look at the queues"),
  });

  return {
    queues,
    backlog,
    ready: async () => {
      await mayBegin;
      await Promise.all(workers.map((worker) => worker.waitUntilReady()));
    },
    healthy: () =>
      deps.redis.status === "ready" && workers.every((worker) => worker.isRunning()) && progress.stuck().length === 0,
    close: async () => {
      closing = true;
      backlog.stop();
      // BullMQ waits for ever for the end of a connection that is just being made again.
      const idleInOutage = deps.redis.status !== "ready" && atHand === 0;
      const closed = Promise.all(workers.map((worker) => worker.close(idleInOutage)));
      const outage = await outlasted(closed, deps.redis, deps.letGoAfterMs);
      if (!outage) return;
      logger.warn(
        { jobs: atHand },
        "Redis is away: the jobs at hand are left to be taken over, and what was requested for them counts as uncertain",
      );
    },
  };

  function counted(run: Processor): Processor {
    return async (job) => {
      atHand += 1;
      try {
        return (await run(job)) as unknown;
      } finally {
        atHand -= 1;
      }
    };
  }
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("a queue of calls is served without a caller");
  return value;
}
