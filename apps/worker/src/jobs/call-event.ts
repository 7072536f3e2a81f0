import type { Caller, CommandOutcome } from "@watchword/carriers";
import { renderSpoken } from "@watchword/messages";
import {
  applyCallEvent,
  applyUnspoken,
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
  /** Undefined for an application that this process does not know: another worker may. */
  sayings: (applicationId: string) => Sayings | undefined;
  logger: Logger;
  metrics?: WorkerMetrics | undefined;
}

/** A person who holds a telephone waits no longer: the carrier forgets the id of a command after 60 s, too. */
const MAX_TRIES = 5;
const MAX_WAIT_MS = 10_000;

/** Applies one event of a call and gives the command that follows from it; a machine never hears the code. */
export async function callEventJob(job: Job<CallEventJob>, deps: CallEventDeps): Promise<{ outcome: string }> {
  const { deliveryId, callId, event, reason } = job.data;
  const progress = await applyCallEvent(deps, job.data);
  const fields = { delivery_id: deliveryId, call_id: callId, event, reason };
  if (!progress) {
    deps.logger.info(fields, "event of a forgotten call");
    if (event !== "ended") await hangUp(job, deps);
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
      return { outcome: next.action };
    case "over":
      // The person hung up first.
      if (next.action === "speak" && isFirstTry(job)) await giveUpSpeaking(job.data, "hung_up", deps);
      return { outcome: next.action };
    case "retry":
    case "failed": {
      const failure = `${next.action}: ${answer.reason}`;
      tryAgain(job, answer, failure);
      if (next.action === "speak") {
        const unheard = answer.outcome === "failed" && isFirstTry(job);
        await giveUpSpeaking(job.data, unheard ? "not_spoken" : null, deps);
        // Nobody is left holding a telephone that stays silent.
        await command({ action: "hang_up" }, job.data, deps);
      }
      throw new UnrecoverableError(failure);
    }
  }
}

/**
 * A try before this one may have been heard. That of a worker that has died is none that BullMQ has counted as made, but
 * one that was started.
 */
const isFirstTry = (job: Job) => job.attemptsStarted === 1;

/** @throws {RetryLater} where the command may still be given in time. */
function tryAgain(job: Job, answer: CommandOutcome, failure: string): void {
  if (answer.outcome !== "retry") return;
  const delayMs = backoffMs(1, answer.retryAfterMs);
  if (job.attemptsMade + 1 < MAX_TRIES && delayMs <= MAX_WAIT_MS) throw new RetryLater(failure, delayMs);
}

/** What was to be said has been erased: nobody is left on a line that stays silent. */
async function hangUp(job: Job<CallEventJob>, deps: CallEventDeps): Promise<void> {
  const answer = await command({ action: "hang_up" }, job.data, deps);
  await note(job, `${job.data.event} of a forgotten call: hang_up, ${answer.outcome}`);
  if (answer.outcome === "done" || answer.outcome === "over") return;
  const failure = `hang_up: ${answer.reason}`;
  tryAgain(job, answer, failure);
  throw new UnrecoverableError(failure);
}

/** Nobody has heard the code: the workflow goes on. */
async function giveUpSpeaking(
  event: CallEventJob,
  reason: "not_spoken" | "hung_up" | null,
  deps: CallEventDeps,
): Promise<void> {
  const progress = await applyUnspoken(deps, event, reason);
  if (!progress) return;
  const { deliveryId, callId } = event;
  const { delivery, verification, applicationId } = progress;
  deps.logger.warn({ delivery_id: deliveryId, call_id: callId, delivery, verification }, "the code was not spoken");
  measureEnd(progress, deps.metrics);
  await announceDelivery(deps, deliveryId, applicationId);
}

function measure(progress: CallProgress, { event, reason }: CallEventJob, metrics: WorkerMetrics | undefined): void {
  if (event === "ended") metrics?.callEnded(reason ?? "unspecified");
  measureEnd(progress, metrics);
}

function measureEnd(
  { changed, delivery, verification, carrier, elapsedMs, escalatedTo }: CallProgress,
  metrics: WorkerMetrics | undefined,
): void {
  if (!changed) return;
  if (delivery === "delivered") metrics?.delivered({ channel: "call", carrier }, elapsedMs / 1000);
  if (escalatedTo) metrics?.escalated("call", escalatedTo);
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
      const said = sayings(next.applicationId);
      if (!said) return { outcome: "retry", reason: "application_unknown" };
      const { brand, texts } = said;
      const { text, language, voice } = renderSpoken({ code, context, brand, locale, texts });
      return caller.speak({ callId, commandId: `${deliveryId}-${next.times}`, text, language, voice });
    }
  }
}
