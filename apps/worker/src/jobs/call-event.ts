import type { Caller, CommandOutcome } from "@watchword/carriers";
import { renderSpoken } from "@watchword/messages";
import {
  applyCallEvent,
  type CallAction,
  type CallEventJob,
  type CallProgress,
  type DeliveryContext,
} from "@watchword/otp-core";
import { type Job, UnrecoverableError } from "bullmq";
import type { Logger } from "pino";
import { backoffMs, RetryLater } from "../backoff.ts";
import type { WorkerMetrics } from "../metrics.ts";
import { announceDelivery, type AnnounceDeps } from "./announce.ts";
import type { Sayings } from "./deliver-sms.ts";
import { note } from "./note.ts";

export interface CallEventDeps extends DeliveryContext, AnnounceDeps {
  caller: Caller;
  sayings: (applicationId: string) => Sayings;
  logger: Logger;
  metrics?: WorkerMetrics | undefined;
}

/** A person who holds a telephone waits no longer: the carrier forgets the id of a command after 60 s, too. */
const MAX_TRIES = 5;

/** Applies one event of a call and gives the command that follows from it; a machine never hears the code. */
export async function callEventJob(job: Job<CallEventJob>, deps: CallEventDeps): Promise<{ outcome: string }> {
  const { deliveryId, callId, event, reason } = job.data;
  const progress = await applyCallEvent(deps, job.data);
  const fields = { delivery_id: deliveryId, call_id: callId, event, reason };
  if (!progress) {
    deps.logger.info(fields, "event of a forgotten call");
    return { outcome: "forgotten" };
  }
  const { next } = progress;
  measure(progress, job.data, deps.metrics);
  deps.logger.info(
    { ...fields, command: next.action, delivery: progress.delivery, verification: progress.verification },
    "call event",
  );
  const answer = await command(next, job.data, deps);
  await note(job, `${event}${reason ? ` (${reason})` : ""}: ${next.action}, ${answer.outcome}`);
  // After the command: somebody is on the line.
  await announceDelivery(deps, deliveryId, progress.applicationId);
  switch (answer.outcome) {
    case "done":
    // The person hung up first.
    case "over":
      return { outcome: next.action };
    case "retry":
    case "failed": {
      const failure = `${next.action}: ${answer.reason}`;
      if (answer.outcome === "retry" && job.attemptsMade + 1 < MAX_TRIES)
        throw new RetryLater(failure, backoffMs(1, answer.retryAfterMs));
      // Nobody is left holding a telephone that stays silent.
      if (next.action === "speak") await command({ action: "hang_up" }, job.data, deps);
      throw new UnrecoverableError(failure);
    }
  }
}

function measure(
  { changed, delivery, verification, carrier, elapsedMs }: CallProgress,
  { event, reason }: CallEventJob,
  metrics: WorkerMetrics | undefined,
): void {
  if (event === "ended") metrics?.callEnded(reason ?? "unspecified");
  if (!changed) return;
  if (delivery === "delivered") metrics?.delivered({ channel: "call", carrier }, elapsedMs / 1000);
  if (delivery === "undelivered" && verification === "undeliverable") metrics?.finished(verification);
}

function command(
  next: CallAction,
  { deliveryId, callId }: CallEventJob,
  { caller, sayings }: CallEventDeps,
): CommandOutcome | Promise<CommandOutcome> {
  switch (next.action) {
    case "none":
      return { outcome: "done" };
    case "hang_up":
      return caller.hangUp({ callId, commandId: `${deliveryId}-end` });
    case "speak": {
      const { code, context, locale } = next;
      const { brand, texts } = sayings(next.applicationId);
      const { text, language, voice } = renderSpoken({ code, context, brand, locale, texts });
      return caller.speak({ callId, commandId: `${deliveryId}-${next.times}`, text, language, voice });
    }
  }
}
