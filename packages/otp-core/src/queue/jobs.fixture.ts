import { type Job, Queue } from "bullmq";
import type { TestCore } from "../testing/index.fixture.ts";
import { type DeliveryJob, queuePrefix } from "./contracts.ts";

const SMS = "sms-telnyx";

/** The jobs of the SMS queue as a worker would find them. */
export interface Jobs {
  find(deliveryId: string): Promise<Job<DeliveryJob> | undefined>;
  /** How often the delivery stands in the line of those to be sent. */
  timesWaiting(deliveryId: string): Promise<number>;
  close(): Promise<void>;
}

export function smsJobs({ redis }: TestCore): Jobs {
  const queue = new Queue<DeliveryJob>(SMS, { connection: redis, prefix: queuePrefix(SMS) });
  return {
    find: (deliveryId) => queue.getJob(deliveryId),
    async timesWaiting(deliveryId) {
      const positions = await redis.lpos(queue.toKey("wait"), deliveryId, "COUNT", 0);
      return positions.length;
    },
    close: () => queue.close(),
  };
}
