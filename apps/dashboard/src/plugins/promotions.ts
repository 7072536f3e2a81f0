import { isRedisUnavailable, type RedisConnection } from "@watchword/otp-core";
import type { EscalationJob, QueueName } from "@watchword/otp-core/queue";
import type { Queue } from "bullmq";
import type { FastifyInstance } from "fastify";

const ESCALATIONS: QueueName = "escalations";
/** How many jobs are read and written at a time: there may be very many. */
const AT_A_TIME = 100;

/**
 * Ends the patience with a delivery where an operator promotes its escalation, before Bull Board does. Workers put one
 * off that they take before its time, since a clock of theirs may be fast; without a time it goes on at once.
 * @param opened the queues, as far as they could be opened by now
 */
export function endPatienceOnPromotion(app: FastifyInstance, redis: RedisConnection, opened: readonly Queue[]): void {
  app.addHook("preHandler", async (request) => {
    const { queueName, jobId } = (request.params ?? {}) as Record<string, string | undefined>;
    if (queueName !== ESCALATIONS || !request.routeOptions.url?.endsWith("/promote")) return;
    const queue = opened.find(({ name }) => name === ESCALATIONS);
    if (!queue) return;
    const ids = jobId === undefined ? await redis.zrange(queue.toKey("delayed"), "0", "-1") : [jobId];
    for (let from = 0; from < ids.length; from += AT_A_TIME)
      await Promise.all(ids.slice(from, from + AT_A_TIME).map((id) => endPatience(queue, id)));
  });
}

async function endPatience(queue: Queue<EscalationJob>, id: string): Promise<void> {
  try {
    const job = await queue.getJob(id);
    if (job && (await job.isDelayed())) await job.updateData({ deliveryId: job.data.deliveryId });
  } catch (error) {
    if (isRedisUnavailable(error)) throw error;
    // It is gone since, and Bull Board says so.
  }
}
