import {
  type Channel,
  type Claim,
  type ClaimContext,
  type ClaimedDelivery,
  claimDelivery,
  RECEIPT_WAIT_MS,
  type SendOutcome,
  type Settled,
  settleDelivery,
} from "@watchword/otp-core";
import type { DeliveryJob } from "@watchword/otp-core/queue";
import { endOfTurn } from "@watchword/process";
import { type Job, RateLimitError, UnrecoverableError } from "bullmq";
import type { Logger } from "pino";
import { backoffMs, RetryLater } from "../backoff.ts";
import type { WorkerMetrics } from "../metrics.ts";
import { announceDelivery, type AnnounceDeps } from "./announce.ts";
import { note } from "./note.ts";

export interface DeliverDeps extends ClaimContext, AnnounceDeps {
  logger: Logger;
  metrics?: WorkerMetrics | undefined;
  /** How long after it was asked for a claim is acted on, in ms. */
  claimHoldsMs?: number | undefined;
}

/** One way to the phones: a channel of a carrier. */
export interface Lane {
  channel: Channel;
  carrier: string;
  /** Makes one request to the carrier; never throws. */
  send(delivery: ClaimedDelivery, deliveryId: string): Promise<SendOutcome>;
  /** Keeps every worker from taking jobs of this lane's queue for a time. */
  pause(ms: number): Promise<void>;
  /**
   * Gives back what a job has taken of the carrier's rate, where nothing was requested: what is dead is to hold back
   * little of what is alive.
   * @param takenMs how long ago the job was taken
   */
  giveBack(takenMs: number): Promise<void>;
}

/** How the dashboard tells what became of a job. */
export interface JobResult {
  outcome: "sent" | "skipped" | "done" | "uncertain" | "forgotten";
  detail?: string;
}

/** A claim that took longer says little any more: its verification may have been canceled since. */
const CLAIM_HOLDS_MS = 1000;
/** For a carrier that wants fewer requests and says not when, or at once. */
const PAUSE_MS = 1000;
/** However long a carrier asks for: it may have changed its mind, or have meant something else. */
const MAX_RETRY_AFTER_MS = 300_000;
/** Longer than this a person notices. */
const LONG_HELD_MS = 5000;

const describe = (result: Exclude<SendOutcome, { outcome: "sent" }>) =>
  `${result.reason}${result.carrierCode ? ` (${result.carrierCode})` : ""}`;

const seconds = (ms: number) => `${Math.round(ms / 100) / 10} s`;

/** Sends one delivery, unless its code is over or it was sent before; a job ends in exactly one outcome. */
export async function deliver(job: Job<DeliveryJob>, lane: Lane, deps: DeliverDeps): Promise<JobResult> {
  const { deliveryId } = job.data;
  const logger = deps.logger.child({ delivery_id: deliveryId });
  const takenAt = performance.now();
  let claim: Claim | undefined;
  try {
    claim = await claimDelivery(deps, deliveryId);
  } finally {
    if (claim?.outcome !== "send") await lane.giveBack(performance.now() - takenAt);
  }
  if (claim.outcome !== "send") return unsent(job, claim, lane, deps, logger);

  // Beside the request, so that it costs no time; a failure of it must not lose what the request has become.
  const scheduled = schedule(claim, deliveryId, deps);
  const begun = performance.now();
  const holdsMs = Math.min(deps.claimHoldsMs ?? CLAIM_HOLDS_MS, claim.lifeLeftMs);
  const answer: SendOutcome =
    begun - takenAt < holdsMs ? await lane.send(claim, deliveryId) : { outcome: "retry", reason: "claimed_late" };
  const tookMs = Math.round(performance.now() - begun);
  await endOfTurn();
  const result = await settle(job, claim, answer, tookMs, lane, deps, logger);
  const problem = await scheduled;
  if (problem) throw problem;
  return result;
}

/** Gives the error where the escalation could not be scheduled: the job then runs again, and finds it missing. */
async function schedule(
  { patienceMs, patienceEndsAt }: { patienceMs?: number; patienceEndsAt?: number },
  deliveryId: string,
  { queue }: DeliverDeps,
): Promise<Error | undefined> {
  if (patienceMs === undefined) return undefined;
  try {
    await queue.escalate(deliveryId, patienceMs, patienceEndsAt);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function unsent(
  job: Job<DeliveryJob>,
  claim: Exclude<Claim, { outcome: "send" }>,
  { channel, carrier }: Lane,
  deps: DeliverDeps,
  logger: Logger,
): Promise<JobResult> {
  switch (claim.outcome) {
    case "not_found":
      logger.warn("delivery forgotten: nothing is sent");
      await note(job, "forgotten: nothing is sent");
      return { outcome: "forgotten" };
    case "skipped":
      logger.info({ reason: claim.reason }, "delivery skipped");
      deps.metrics?.attempt({ outcome: "skipped", channel, carrier, country: undefined });
      await note(job, `skipped: ${claim.reason}`);
      await announceDelivery(deps, job.data.deliveryId);
      return { outcome: "skipped", detail: claim.reason };
    case "refused": {
      const { reason, country, verification, next, applicationId } = claim;
      logger.warn({ reason, verification }, "not sent: what the workflow added is refused");
      deps.metrics?.attempt({ outcome: "skipped", channel, carrier, country });
      if (next) deps.metrics?.escalated(channel, next);
      if (verification === "undeliverable") deps.metrics?.finished(verification);
      await note(job, `not sent: ${reason}`);
      await announceDelivery(deps, job.data.deliveryId, applicationId);
      return { outcome: "skipped", detail: reason };
    }
    case "done": {
      if (claim.attempt !== undefined) {
        logger.info({ outcome: claim.attempt }, "taken over from a worker that is gone");
        deps.metrics?.attempt({ outcome: claim.attempt, channel, carrier, country: undefined });
        await note(job, `taken over: ${claim.attempt}`);
      } else {
        // As where an operator tries again what the carrier has refused for good.
        const line = `nothing sent: the delivery is ${claim.status}`;
        logger.info(line);
        await note(job, line);
      }
      const problem = await schedule(claim, job.data.deliveryId, deps);
      if (problem) throw problem;
      await announceDelivery(deps, job.data.deliveryId);
      return { outcome: "done", detail: claim.status };
    }
    case "uncertain":
      if (claim.waitMs >= claim.lifeLeftMs) return { outcome: "uncertain", detail: "no time left to send again" };
      await note(job, `uncertain: waiting ${seconds(claim.waitMs)} for a receipt`, { runsAgain: true });
      throw new RetryLater("uncertain: waiting for a receipt", claim.waitMs);
  }
}

async function settle(
  job: Job<DeliveryJob>,
  claim: ClaimedDelivery,
  given: SendOutcome,
  tookMs: number,
  lane: Lane,
  deps: DeliverDeps,
  logger: Logger,
): Promise<JobResult> {
  const { attempt } = claim.ref;
  const answer = bounded(given, lane, logger);
  const lifeLeftMs = claim.lifeLeftMs - tookMs;
  const paused = answer.outcome === "retry" && answer.pausesQueue === true;
  const pauseMs = paused ? Math.max(answer.retryAfterMs ?? 0, PAUSE_MS) : 0;
  const delayMs = delayAfter(answer, attempt, pauseMs);
  // A temporary failure that would outlast the code is a permanent one.
  const result: SendOutcome =
    answer.outcome === "retry" && delayMs >= lifeLeftMs ? { ...answer, outcome: "failed" } : answer;
  const detail = result.outcome === "sent" ? result.carrierId : describe(result);
  const [settled] = await Promise.all([
    settleDelivery(deps, claim.ref, result),
    note(job, `attempt ${attempt}: ${result.outcome} in ${tookMs} ms, ${detail}`, {
      runsAgain: result.outcome === "retry" || result.outcome === "uncertain",
    }),
    paused ? lane.pause(pauseMs) : undefined,
  ]);

  measure(result, settled, claim, tookMs, lane, deps.metrics);
  const fields = { attempt, ms: tookMs, verification: settled?.verification };
  if (result.outcome === "sent") {
    const { carrierId, heldMs = 0 } = result;
    logger.info({ ...fields, carrier_id: carrierId }, "sent");
    if (heldMs > Math.max(0, Math.min(LONG_HELD_MS, lifeLeftMs)))
      logger.warn({ held_ms: heldMs, life_left_ms: lifeLeftMs }, "the carrier holds it in a queue of its own");
  } else {
    const { outcome, reason, carrierCode } = result;
    logger.warn({ ...fields, outcome, reason, carrier_code: carrierCode }, "not sent");
  }
  await announceDelivery(deps, job.data.deliveryId, claim.applicationId);
  if (result.outcome === "sent") return { outcome: "sent", detail };
  if (result.outcome === "failed") {
    if (settled?.delivery !== "uncertain") throw new UnrecoverableError(`failed: ${detail}`);
    // The carrier will not take it any more, but an earlier request may have arrived.
    return { outcome: "uncertain", detail };
  }
  if (delayMs >= lifeLeftMs) return { outcome: "uncertain", detail };
  // The job goes back to its queue, which is paused, and that uses up no attempt of it.
  if (paused) throw new RateLimitError();
  throw new RetryLater(`${result.outcome}: ${detail}`, delayMs);
}

/** The answer with a `Retry-After` that can be kept. */
function bounded(answer: SendOutcome, { channel, carrier }: Lane, logger: Logger): SendOutcome {
  if (answer.outcome !== "retry" || (answer.retryAfterMs ?? 0) <= MAX_RETRY_AFTER_MS) return answer;
  logger.warn(
    { channel, carrier, asked_ms: answer.retryAfterMs, kept_ms: MAX_RETRY_AFTER_MS },
    "the carrier wants to be left alone for longer than that is done",
  );
  return { ...answer, retryAfterMs: MAX_RETRY_AFTER_MS };
}

function measure(
  result: SendOutcome,
  settled: Settled | undefined,
  { country }: ClaimedDelivery,
  tookMs: number,
  { channel, carrier }: Lane,
  metrics: WorkerMetrics | undefined,
): void {
  const { outcome } = result;
  metrics?.carrierRequest({ channel, carrier, outcome }, tookMs / 1000);
  if (result.outcome === "sent" && result.heldMs) metrics?.held({ channel, carrier }, result.heldMs / 1000);
  metrics?.attempt({ outcome, channel, carrier, country });
  if (!settled) return;
  if (outcome === "sent") metrics?.sent({ channel, carrier }, settled.elapsedMs / 1000);
  if (settled.next) metrics?.escalated(channel, settled.next);
  if (settled.delivery === "failed" && settled.verification === "undeliverable") metrics?.finished("undeliverable");
}

/** When the same delivery may be tried again. */
function delayAfter(answer: SendOutcome, attempt: number, pauseMs: number): number {
  if (answer.outcome !== "retry") return RECEIPT_WAIT_MS;
  return pauseMs > 0 ? pauseMs : backoffMs(attempt, answer.retryAfterMs);
}
