import { applyReceipt, type DeliveryContext, type Receipt } from "@watchword/otp-core";
import type { Job } from "bullmq";
import type { Logger } from "pino";

export interface ApplyReceiptDeps extends Pick<DeliveryContext, "redis" | "queue"> {
  logger: Logger;
}

/** Applies one receipt; one that says nothing new is no error, since carriers send them twice and out of order. */
export async function applyReceiptJob(
  job: Job<Receipt>,
  { logger, ...context }: ApplyReceiptDeps,
): Promise<{ outcome: string }> {
  const { deliveryId, status, reason, carrierId } = job.data;
  const applied = await applyReceipt(context, job.data);
  const fields = { delivery_id: deliveryId, receipt: status, reason, carrier_id: carrierId };
  if (!applied) {
    logger.info(fields, "receipt for a forgotten delivery");
    return { outcome: "forgotten" };
  }
  logger.info({ ...fields, outcome: applied.outcome, verification: applied.verification }, "receipt");
  return { outcome: applied.outcome };
}
