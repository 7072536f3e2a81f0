import { type Job, Queue } from "bullmq";
import type { TestCore } from "../testing/index.fixture.ts";
import { type DeliveryJob, type QueueName, queuePrefix } from "./contracts.ts";

/** The jobs of a queue of deliveries as a worker would find them. */
export interface Jobs {
  find(deliveryId: string): Promise<Job<DeliveryJob> | undefined>;
  /** How often the delivery stands in the lines of those to be sent. */
  timesWaiting(deliveryId: string): Promise<number>;
  close(): Promise<void>;
}

export const smsJobs = (core: TestCore): Jobs => jobsOf(core, "sms-telnyx");
export const callJobs = (core: TestCore): Jobs => jobsOf(core, "call-telnyx");

function jobsOf({ redis }: TestCore, name: QueueName): Jobs {
  const queue = new Queue<DeliveryJob>(name, { connection: redis, prefix: queuePrefix(name) });
  return {
    find: (deliveryId) => queue.getJob(deliveryId),
    async timesWaiting(deliveryId) {
      const positions = await redis.lpos(queue.toKey("wait"), deliveryId, "COUNT", 0);
      const priority = await redis.zscore(queue.toKey("prioritized"), deliveryId);
      return positions.length + (priority === null ? 0 : 1);
    },
    close: () => queue.close(),
  };
}
