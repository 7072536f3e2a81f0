import { type JobsOptions, Queue, type Telemetry } from "bullmq";
import type { Redis } from "ioredis";
import { RedisAwayError } from "../store/redis.ts";
import { BACKOFF, JOB_ATTEMPTS, queuePrefix } from "./contracts.ts";

const EVENTS_KEPT = 1000;
const jobOptions: JobsOptions = { attempts: JOB_ATTEMPTS, backoff: { type: BACKOFF } };

export interface Producer<Data> {
  /**
   * Adds a job; one whose id is still known is not added again.
   * @param jobId without `:`, and not digits alone
   * @throws where Redis does not take it.
   */
  add(
    name: string,
    data: Data,
    jobId: string,
    options?: Pick<JobsOptions, "attempts" | "delay" | "priority">,
  ): Promise<void>;
  close(): Promise<void>;
}

/** @param redis answers requests, see `connectForRequests`; it stays the caller's to close. */
export function createProducer<Data>(redis: Redis, queueName: string, telemetry?: Telemetry): Producer<Data> {
  let queue: Queue | undefined;

  function open(): Queue {
    if (queue) return queue;
    const opened = new Queue(queueName, {
      connection: redis,
      prefix: queuePrefix(queueName),
      ...(telemetry && { telemetry }),
      streams: { events: { maxLen: EVENTS_KEPT } },
    });
    // The connection's owner hears of its errors, and `add` throws: a third report would say nothing new.
    opened.on("error", () => undefined);
    // A queue whose first contact failed stays broken for ever, and listens to the connection: the next add opens another.
    opened.waitUntilReady().catch(() => {
      if (queue === opened) queue = undefined;
      return opened.close();
    });
    queue = opened;
    return opened;
  }

  return {
    add: async (name, data, jobId, options) => {
      // BullMQ would wait for a connection, however long that takes.
      if (redis.status !== "ready") throw new RedisAwayError();
      await open().add(name, data, { ...jobOptions, ...options, jobId });
    },
    close: async () => {
      await queue?.close();
    },
  };
}
