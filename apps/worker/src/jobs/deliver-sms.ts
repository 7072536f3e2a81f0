import type { SmsSender } from "@watchword/carriers";
import { renderSms } from "@watchword/messages";
import {
  claimDelivery,
  type DeliveryContext,
  RECEIPT_WAIT_MS,
  type SendOutcome,
  settleDelivery,
} from "@watchword/otp-core";
import type { DeliveryJob } from "@watchword/otp-core/queue";
import { type Job, UnrecoverableError } from "bullmq";
import type { Logger } from "pino";
import { backoffMs, RetryLater } from "../backoff.ts";

export interface DeliverSmsDeps extends DeliveryContext {
  sender: SmsSender;
  logger: Logger;
  brand: string;
  /** Binds the code to this website in the last line of the message. */
  autofillHost?: string | undefined;
  /** Where a carrier posts the receipt of a delivery. */
  webhookUrl: (deliveryId: string) => string;
}

/** How the dashboard tells what became of a job. */
export interface JobResult {
  outcome: "sent" | "skipped" | "done" | "uncertain" | "forgotten";
  detail?: string;
}

/** A temporary failure that would outlast the code is a permanent one. */
const withinLife = (result: SendOutcome, delayMs: number, lifeLeftMs: number): SendOutcome =>
  result.outcome === "retry" && delayMs >= lifeLeftMs ? { ...result, outcome: "failed" } : result;

const describe = (result: Exclude<SendOutcome, { outcome: "sent" }>) =>
  `${result.reason}${result.carrierCode ? ` (${result.carrierCode})` : ""}`;

/** Sends one SMS, unless the code is over or was sent before; one job ends in exactly one outcome. */
export async function deliverSms(job: Job<DeliveryJob>, deps: DeliverSmsDeps): Promise<JobResult> {
  const { deliveryId } = job.data;
  const logger = deps.logger.child({ delivery_id: deliveryId, attempt: job.attemptsMade + 1 });
  const claim = await claimDelivery(deps, deliveryId);
  switch (claim.outcome) {
    case "not_found":
      logger.warn("delivery forgotten: nothing is sent");
      return { outcome: "forgotten" };
    case "skipped":
      logger.info({ verification: claim.status }, "delivery skipped");
      return { outcome: "skipped", detail: claim.status };
    case "done":
      return { outcome: "done", detail: claim.status };
    case "uncertain":
      if (claim.waitMs >= claim.lifeLeftMs) return { outcome: "uncertain", detail: "no time left to send again" };
      throw new RetryLater("uncertain: waiting for a receipt", claim.waitMs);
    case "send":
      break;
  }

  const { phone, code, locale, ref } = claim;
  const begun = performance.now();
  const answer = await deps.sender.send({
    to: phone,
    text: renderSms({ code, brand: deps.brand, locale, host: deps.autofillHost }),
    webhookUrl: deps.webhookUrl(deliveryId),
  });
  const tookMs = Math.round(performance.now() - begun);
  const lifeLeftMs = claim.lifeLeftMs - tookMs;
  const delayMs = answer.outcome === "retry" ? backoffMs(job.attemptsMade + 1, answer.retryAfterMs) : RECEIPT_WAIT_MS;
  const result = withinLife(answer, delayMs, lifeLeftMs);
  const settled = await settleDelivery(deps, ref, result);

  if (result.outcome === "sent") {
    logger.info({ carrier_id: result.carrierId, ms: tookMs }, "sent");
    return { outcome: "sent", detail: result.carrierId };
  }
  const detail = describe(result);
  logger.warn(
    { outcome: result.outcome, reason: result.reason, carrier_code: result.carrierCode, ms: tookMs },
    "not sent",
  );
  if (result.outcome === "failed") {
    if (settled !== "uncertain") throw new UnrecoverableError(`failed: ${detail}`);
    // The carrier will not take it any more, but an earlier request may have arrived.
    return { outcome: "uncertain", detail };
  }
  if (delayMs >= lifeLeftMs) return { outcome: "uncertain", detail };
  throw new RetryLater(`${result.outcome}: ${detail}`, delayMs);
}
