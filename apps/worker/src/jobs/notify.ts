import { createHash } from "node:crypto";
import {
  type DeliveryContext,
  disableWebhook,
  type EventJob,
  eventId,
  isWebhookDisabled,
  type Verification,
  viewVerification,
} from "@watchword/otp-core";
import { type Job, UnrecoverableError } from "bullmq";
import type { Logger } from "pino";
import { Webhook } from "standardwebhooks";
import { RetryLater } from "../backoff.ts";
import type { Poster } from "../notify/post.ts";
import { notificationDelayMs } from "../notify/retries.ts";
import { note } from "./note.ts";

export interface NotifyDeps extends Pick<DeliveryContext, "redis"> {
  /** Where an application is told of its verifications; undefined where it does not want to be. */
  webhook: (applicationId: string) => { url: string; secrets: readonly Buffer[] } | undefined;
  poster: Poster;
  logger: Logger;
}

/** A thin payload: what happened to what. Whoever wants more asks the API. */
function payload({ type, occurredAt, deliveryId, verificationId }: EventJob, verification: Verification): string {
  const delivery = verification.deliveries.find(({ id }) => id === deliveryId);
  return JSON.stringify({
    type,
    timestamp: occurredAt,
    data: {
      verification_id: verificationId,
      to: verification.to,
      ...(delivery && {
        delivery: { id: delivery.id, channel: delivery.channel, carrier: delivery.carrier, error: delivery.error },
      }),
    },
  });
}

/** `webhook-id`, `webhook-timestamp` and a signature by every secret (Standard Webhooks 1.0). */
export function signedHeaders(id: string, body: string, secrets: readonly Buffer[], now: Date): Record<string, string> {
  const signatures = secrets.map((secret) => new Webhook(secret.toString("base64")).sign(id, now, body));
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": signatures.join(" "),
  };
}

/** Tells an application of one event: eight tries over a day; a target that says 410 is not asked again. */
export async function notifyJob(job: Job<EventJob>, deps: NotifyDeps): Promise<{ outcome: string }> {
  const { applicationId, verificationId, type } = job.data;
  const target = deps.webhook(applicationId);
  if (!target) return { outcome: "unwanted" };
  const targetHash = createHash("sha256").update(target.url).digest("base64url").slice(0, 16);
  if (await isWebhookDisabled(deps.redis, applicationId, targetHash)) return { outcome: "disabled" };
  const verification = await viewVerification(deps.redis, verificationId);
  if (!verification) return { outcome: "forgotten" };

  const body = payload(job.data, verification);
  const headers = signedHeaders(eventId(job.data), body, target.secrets, new Date());
  const result = await deps.poster.post(target.url, headers, body);
  const attempt = job.attemptsMade + 1;
  await note(job, `attempt ${attempt}: ${result.outcome}${result.outcome === "retry" ? `, ${result.reason}` : ""}`);
  const fields = { application: applicationId, verification_id: verificationId, event: type, attempt };
  switch (result.outcome) {
    case "told":
      deps.logger.debug(fields, "application told");
      return { outcome: "told" };
    case "gone":
      await disableWebhook(deps.redis, applicationId, targetHash);
      deps.logger.warn(fields, "the webhook's target is gone (410): it is told nothing more until its address changes");
      throw new UnrecoverableError("gone (410)");
    case "retry":
      deps.logger.info({ ...fields, reason: result.reason }, "application not told");
      throw new RetryLater(`not told: ${result.reason}`, notificationDelayMs(attempt));
  }
}
