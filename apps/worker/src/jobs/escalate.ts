import { type DeliveryContext, escalateDelivery } from "@watchword/otp-core";
import type { EscalationJob } from "@watchword/otp-core/queue";
import type { Job } from "bullmq";
import type { Logger } from "pino";
import { RetryLater } from "../backoff.ts";
import type { WorkerMetrics } from "../metrics.ts";
import { note } from "./note.ts";

export interface EscalateDeps extends Pick<DeliveryContext, "redis" | "queue"> {
  logger: Logger;
  metrics?: WorkerMetrics | undefined;
}

/** BullMQ delays by the clocks of whoever adds a job and whoever takes it: small differences are no matter. */
const CLOCKS_DIFFER_MS = 1000;

async function storeTime({ redis }: Pick<DeliveryContext, "redis">): Promise<number> {
  const [seconds, microseconds] = await redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
}

/** Goes on with the workflow where a delivery has not been confirmed by now. */
export async function escalateJob(
  job: Job<EscalationJob>,
  { logger, metrics, ...context }: EscalateDeps,
): Promise<{ outcome: string }> {
  const { deliveryId, dueAt } = job.data;
  const earlyMs = dueAt === undefined ? 0 : dueAt - (await storeTime(context));
  if (earlyMs > CLOCKS_DIFFER_MS) {
    await note(job, `taken ${Math.ceil(earlyMs / 1000)} s early, by a clock that is not the store's`, {
      runsAgain: true,
    });
    throw new RetryLater("taken early", earlyMs);
  }
  const escalation = await escalateDelivery(context, deliveryId);
  if (!escalation) return { outcome: "forgotten" };
  const { outcome, channel, delivery, verification } = escalation;
  if (outcome === "escalated" && escalation.next) metrics?.escalated(channel, escalation.next);
  logger.info({ delivery_id: deliveryId, outcome, delivery, verification }, "escalation");
  await note(job, `${outcome}: delivery ${delivery}, verification ${verification}`);
  return { outcome };
}
