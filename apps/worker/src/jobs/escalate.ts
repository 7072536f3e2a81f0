import { type DeliveryContext, escalateDelivery } from "@watchword/otp-core";
import { type EscalationJob, isFinished, newestJob } from "@watchword/otp-core/queue";
import type { Job } from "bullmq";
import type { Logger } from "pino";
import type { WorkerMetrics } from "../metrics.ts";
import { mustBeDue } from "./due.ts";
import { note } from "./note.ts";
import { putOff } from "./put-off.ts";

export interface EscalateDeps extends Pick<DeliveryContext, "redis" | "queue"> {
  logger: Logger;
  metrics?: WorkerMetrics | undefined;
}

/** Receipts are dealt with in a moment, unless nobody serves them or many wait. */
const LOOK_AGAIN_MS = 500;
const LOOK_LATER_MS = 5000;

/** Goes on with the workflow where a delivery has not been confirmed by now. */
export async function escalateJob(
  job: Job<EscalationJob>,
  { logger, metrics, ...context }: EscalateDeps,
): Promise<{ outcome: string }> {
  const { deliveryId, dueAt } = job.data;
  await mustBeDue(job, dueAt, context.redis);
  await hearReceiptsFirst(job, context.redis);
  const escalation = await escalateDelivery(context, deliveryId);
  if (!escalation) return { outcome: "forgotten" };
  const { outcome, channel, delivery, verification } = escalation;
  if (outcome === "escalated" && escalation.next) metrics?.escalated(channel, escalation.next);
  logger.info({ delivery_id: deliveryId, outcome, delivery, verification }, "escalation");
  await note(job, `${outcome}: delivery ${delivery}, verification ${verification}`);
  return { outcome };
}

/**
 * Whoever has the message is not called: what the carrier had reported by the time that this was due is applied first.
 * @throws {DelayedError} see `putOff`.
 */
async function hearReceiptsFirst(job: Job<EscalationJob>, redis: EscalateDeps["redis"]): Promise<void> {
  const { data } = job;
  const after = data.after ?? (await newestJob(redis, "receipts"));
  if (after === undefined || (await isFinished(redis, "receipts", after))) return;
  if (data.after !== undefined) await putOff(job, LOOK_LATER_MS);
  await job.updateData({ ...data, after });
  await note(job, "waits for the receipts that came before", { runsAgain: true });
  await putOff(job, LOOK_AGAIN_MS);
}
