import { createHash } from "node:crypto";
import {
  announce,
  disableWebhook,
  type EventJob,
  eventId,
  isWebhookDisabled,
  type LookJob,
  type NotificationJob,
  wantsEvent,
} from "@watchword/otp-core";
import { type Job, UnrecoverableError } from "bullmq";
import type { Logger } from "pino";
import { RetryLater } from "../backoff.ts";
import type { NotificationResult, WorkerMetrics } from "../metrics.ts";
import type { Poster } from "../notify/post.ts";
import { lookAgainMs, notificationDelayMs } from "../notify/retries.ts";
import { signedHeaders } from "../notify/sign.ts";
import type { AnnounceDeps } from "./announce.ts";
import { mustBeDue } from "./due.ts";
import { note } from "./note.ts";
import { putOff } from "./put-off.ts";

export interface NotifyDeps extends AnnounceDeps {
  /** Where an application is told of its verifications; undefined where it has no webhook, or is not known here. */
  webhook: (applicationId: string) => { url: string; secrets: readonly Buffer[] } | undefined;
  poster: Poster;
  logger: Logger;
  metrics?: WorkerMetrics | undefined;
}

/** Tells an application of one event, or looks whether there is one of which nobody left word. */
export async function notifyJob(job: Job<NotificationJob>, deps: NotifyDeps): Promise<{ outcome: string }> {
  const { data } = job;
  return "type" in data ? tell(job, data, deps) : look(job, data, deps);
}

async function look(job: Job, { verificationId, dueAt }: LookJob, deps: NotifyDeps): Promise<{ outcome: string }> {
  // None follows it: a look while the code lives would miss what is left out after it.
  await mustBeDue(job, dueAt, deps.redis);
  await announce(deps, deps.eventsOf, verificationId);
  return { outcome: "looked" };
}

/** A thin payload: what happened to what. Whoever wants more asks the API. */
const payload = ({ type, occurredAt, to, delivery, verificationId }: EventJob): string =>
  JSON.stringify({
    type,
    timestamp: occurredAt,
    data: { verification_id: verificationId, to, ...(delivery && { delivery }) },
  });

/** Eight tries over a day; a target that says 410 is not asked again. */
async function tell(job: Job, event: EventJob, deps: NotifyDeps): Promise<{ outcome: string }> {
  const { applicationId, verificationId, delivery, type } = event;
  const attempt = job.attemptsMade + 1;
  const fields = {
    application: applicationId,
    verification_id: verificationId,
    delivery_id: delivery?.id,
    event: type,
    attempt,
  };
  const end = (result: NotificationResult) => {
    deps.metrics?.notified(type, result);
    return { outcome: result };
  };

  const wanted = deps.eventsOf(applicationId);
  if (wanted === "unknown") {
    await comeBack(job, "the application is not known here");
    deps.logger.warn(fields, "application never told: nobody knows it");
    end("given_up");
    throw new UnrecoverableError("the application is not known");
  }
  const target = deps.webhook(applicationId);
  if (!target || !wantsEvent(wanted, type)) {
    deps.logger.info(fields, "the application does not want this event, or not any more: it is not told");
    return end("unwanted");
  }
  const targetHash = createHash("sha256").update(target.url).digest("base64url").slice(0, 16);
  if (await isWebhookDisabled(deps.redis, applicationId, targetHash)) {
    deps.logger.debug(fields, "the webhook is disabled since its target was gone (410): the application is not told");
    return end("disabled");
  }

  const body = payload(event);
  const headers = signedHeaders(eventId(event), body, target.secrets, new Date());
  const answer = await deps.poster.post(target.url, headers, body);
  if (answer.outcome === "wait") await comeBack(job, "the target lets requests time out", answer.ms);
  const result = answer.outcome === "wait" ? ({ outcome: "retry", reason: "no answer lately" } as const) : answer;
  await note(job, `attempt ${attempt}: ${result.outcome}${result.outcome === "retry" ? `, ${result.reason}` : ""}`);
  switch (result.outcome) {
    case "told":
      deps.logger.debug(fields, "application told");
      return end("told");
    case "gone":
      await switchOff(deps, applicationId, targetHash);
      deps.logger.debug(fields, "the webhook's target is gone (410): the application is not told");
      end("gone");
      throw new UnrecoverableError("gone (410)");
    case "retry": {
      const last = attempt >= (job.opts.attempts ?? 1);
      const line = last ? "application never told: given up" : "application not told";
      deps.logger[last ? "warn" : "info"]({ ...fields, reason: result.reason }, line);
      end(last ? "given_up" : "retry");
      throw new RetryLater(`not told: ${result.reason}`, notificationDelayMs(attempt));
    }
  }
}

/**
 * Puts an event off for which nobody was asked, for a day at most.
 * @throws {DelayedError} while there is time: that is not one of the tries, which are for a target that does not answer.
 */
async function comeBack(job: Job, reason: string, leastMs = 0): Promise<void> {
  const delayMs = lookAgainMs(Date.now() - job.timestamp);
  if (delayMs === undefined) return;
  await note(job, `waits: ${reason}`, { runsAgain: true });
  await putOff(job, Math.max(leastMs, delayMs));
}

/** Many events may meet a target that is gone at the same time: one of them says so. */
async function switchOff(deps: NotifyDeps, applicationId: string, targetHash: string): Promise<void> {
  const until = await disableWebhook(deps.redis, applicationId, targetHash);
  if (until === undefined) return;
  deps.logger.warn(
    { application: applicationId, until: until.toISOString() },
    "the webhook is switched off, as its target is gone (410): to switch it on, change webhook.url (?v=2 is enough), then SIGHUP",
  );
}
