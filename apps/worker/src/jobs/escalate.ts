import { type DeliveryContext, escalateDelivery } from "@watchword/otp-core";
import type { EscalationJob } from "@watchword/otp-core/queue";
import type { Job } from "bullmq";
import type { Logger } from "pino";
import type { WorkerMetrics } from "../metrics.ts";
import { mustBeDue } from "./due.ts";
import { note } from "./note.ts";

export interface EscalateDeps extends Pick<DeliveryContext, "redis" | "queue"> {
  logger: Logger;
  metrics?: WorkerMetrics | undefined;
}

/** Goes on with the workflow where a delivery has not been confirmed by now. */
export async function escalateJob(
  job: Job<EscalationJob>,
  { logger, metrics, ...context }: EscalateDeps,
): Promise<{ outcome: string }> {
  const { deliveryId, dueAt } = job.data;
  await mustBeDue(job, dueAt, context.redis);
  const escalation = await escalateDelivery(context, deliveryId);
  if (!escalation) return { outcome: "forgotten" };
  const { outcome, channel, delivery, verification } = escalation;
  if (outcome === "escalated" && escalation.next) metrics?.escalated(channel, escalation.next);
  logger.info({ delivery_id: deliveryId, outcome, delivery, verification }, "escalation");
  await note(job, `${outcome}: delivery ${delivery}, verification ${verification}`);
  return { outcome };
}
