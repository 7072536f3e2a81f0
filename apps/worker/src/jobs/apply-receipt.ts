import { applyReceipt, type DeliveryContext, type Receipt } from "@watchword/otp-core";
import type { Job } from "bullmq";
import type { Logger } from "pino";
import { announceDelivery, type AnnounceDeps } from "./announce.ts";
import type { WorkerMetrics } from "../metrics.ts";

export interface ApplyReceiptDeps extends Pick<DeliveryContext, "redis" | "queue">, AnnounceDeps {
  logger: Logger;
  metrics?: WorkerMetrics | undefined;
}

/** Applies one receipt; one that says nothing new is no error, since carriers send them twice and out of order. */
export async function applyReceiptJob(
  job: Job<Receipt>,
  { logger, metrics, ...context }: ApplyReceiptDeps,
): Promise<{ outcome: string }> {
  const { deliveryId, status, reason, carrierId } = job.data;
  const applied = await applyReceipt(context, job.data);
  const fields = { delivery_id: deliveryId, receipt: status, reason, carrier_id: carrierId };
  if (!applied) {
    metrics?.receipt({ channel: "sms", carrier: "telnyx", status, result: "forgotten" });
    logger.info(fields, "receipt for a forgotten delivery");
    return { outcome: "forgotten" };
  }
  const { channel, carrier, outcome, delivery, verification } = applied;
  metrics?.receipt({ channel, carrier, status, result: outcome });
  if (outcome === "applied") {
    if (delivery === "delivered") metrics?.delivered({ channel, carrier }, applied.elapsedMs / 1000);
    if (applied.next) metrics?.escalated(channel, applied.next);
    if (delivery === "undelivered" && verification === "undeliverable") metrics?.finished(verification);
  }
  const about = { ...fields, outcome, delivery, verification };
  if (outcome === "applied") logger.info(about, "receipt");
  // Of several messages of one delivery, or against an earlier receipt: the only trace of a message that was lost.
  else if (status === "undelivered" && delivery !== "undelivered") logger.info(about, "receipt of a lost message");
  else logger.debug(about, "receipt of what is known");
  await announceDelivery(context, deliveryId, applied.applicationId);
  return { outcome };
}
