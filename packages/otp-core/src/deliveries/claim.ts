import type { PaymentContext } from "../context.ts";
import type { Core } from "../core.ts";
import { type DeliveryRef, parseDeliveryId } from "../ids.ts";
import { tellRefusal } from "../limits/decisions.ts";
import { numberVoicePolicies, policyArguments } from "../limits/policies.ts";
import { numberKey, verificationKey } from "../store/keys.ts";
import { script } from "../store/scripts.ts";
import type { Channel, DeliveryStatus, VerificationStatus } from "../verification.ts";
import { decideFallback, limitedApplication, type LimitsContext, policyIn } from "./decide-fallback.ts";
import { channelOf, enqueueWaiting, parseWaiting, type Waiting } from "./enqueue.ts";
import { settleDelivery } from "./settle.ts";

/** After a request whose fate is unknown: how long a receipt may take before the code is sent once more. */
export const RECEIPT_WAIT_MS = 10_000;
/** Requests of one delivery that may have led to a message: the first, and one more after an uncertain one. */
const MAX_REQUESTS = 2;

/** What a worker needs. */
export type DeliveryContext = Pick<Core, "redis" | "keyring" | "queue">;

/** What a worker needs that sends. */
export type ClaimContext = DeliveryContext & LimitsContext;

/** One taking of a delivery: only whoever opened an attempt may say what became of it. */
export interface AttemptRef extends DeliveryRef {
  /** From 1, within its delivery. */
  attempt: number;
}

/** To be sent now; `phone`, `code` and `context` are in the clear and stay in this process. */
export interface ClaimedDelivery {
  outcome: "send";
  ref: AttemptRef;
  /** The application that asked for it. */
  applicationId: string;
  phone: string;
  code: string;
  /** The payment that the code approves. */
  context?: PaymentContext;
  locale: string;
  /** ISO 3166-1 alpha-2. */
  country: string;
  lifeLeftMs: number;
  /** How long its confirmation may take before the workflow goes on; undefined where this is its last step. */
  patienceMs?: number;
  /** When that is over, ms since the epoch by the store's clock. */
  patienceEndsAt?: number;
}

export type Claim =
  | ClaimedDelivery
  /** Nothing is to be sent any more: the verification is over, or another delivery has arrived (`delivered`). */
  | { outcome: "skipped"; reason: VerificationStatus | "delivered" }
  /** It was dealt with before. */
  | {
      outcome: "done";
      status: DeliveryStatus;
      /** Of an attempt whose worker is gone: sent where a receipt has told so. */
      attempt?: "sent" | "uncertain";
      patienceMs?: number;
      patienceEndsAt?: number;
    }
  /** A former request may have arrived: claim again after `waitMs`. */
  | { outcome: "uncertain"; waitMs: number; lifeLeftMs: number }
  /** What the workflow added is not to be sent; `next` is the channel that it went on to. */
  | {
      outcome: "refused";
      /** `limited:<policy>`, or `unsupported_destination` where its country was taken off the application's list. */
      reason: string;
      verification: VerificationStatus;
      applicationId: string;
      country: string;
      next?: Channel;
    }
  | { outcome: "not_found" };

type Reply =
  | ["not_found"]
  | ["skipped", VerificationStatus | "delivered"]
  | ["done", DeliveryStatus, Waiting, number, number, "sent" | "uncertain" | ""]
  | ["uncertain", number, number]
  | ["undecided", string, Channel, string, string, string]
  | ["refused", string, VerificationStatus, Waiting, string, string]
  | ["send", number, string, string, string, number, string, number, string, number];

const run = script("claim");

const patience = (ms: number, now: number) => (ms > 0 ? { patienceMs: ms, patienceEndsAt: now + ms } : {});

/**
 * Takes a delivery before sending it: only a pending verification's, and never more than two requests that may arrive.
 * @throws {WatchwordError} `unavailable` where its application is not known here or the limits cannot be read: it is
 * left to be claimed again.
 */
export async function claimDelivery(context: ClaimContext, id: string): Promise<Claim> {
  const ref = parseDeliveryId(id);
  if (!ref) return { outcome: "not_found" };
  const reply = await take(context, ref, "", "");
  return reply[0] === "undecided" ? claimFallback(context, ref, reply) : claimOf(context, ref, reply);
}

const take = async ({ redis }: ClaimContext, ref: DeliveryRef, decision: string, voicePolicies: string) =>
  (await run(
    redis,
    [verificationKey(ref), numberKey(ref.tag)],
    [ref.number, RECEIPT_WAIT_MS, MAX_REQUESTS, decision, voicePolicies],
  )) as Reply;

/** Asks whether what nobody asked for may be sent, and counts it, before it is sent for the first time. */
async function claimFallback(
  context: ClaimContext,
  ref: DeliveryRef,
  [, applicationId, channel, country, to, area]: Extract<Reply, ["undecided", ...unknown[]]>,
): Promise<Claim> {
  const application = limitedApplication(context, applicationId);
  const asked = { channel, country, to, area: area === "" ? [] : [area] };
  const decision = await decideFallback(context, application, asked);
  if ("refusedFor" in decision) return claimOf(context, ref, await take(context, ref, decision.refusedFor, ""));
  const voicePolicies = policyArguments(numberVoicePolicies(application.settings.limits));
  const reply = await decision.admitted.carryOut(
    () => take(context, ref, "admitted", voicePolicies),
    ([answer]) => (answer === "send" ? undefined : "unsent"),
  );
  if (reply[0] === "refused") tellRefusal(context, application, policyIn(reply[1]), asked);
  return claimOf(context, ref, reply);
}

async function claimOf(context: ClaimContext, ref: DeliveryRef, reply: Reply): Promise<Claim> {
  switch (reply[0]) {
    case "not_found":
      return { outcome: "not_found" };
    case "skipped":
      return { outcome: "skipped", reason: reply[1] };
    case "done":
      await enqueueWaiting(context, parseWaiting(ref, reply[2]));
      return {
        outcome: "done",
        status: reply[1],
        ...(reply[5] !== "" && { attempt: reply[5] }),
        ...patience(reply[3], reply[4]),
      };
    case "uncertain":
      return { outcome: "uncertain", waitMs: reply[1], lifeLeftMs: reply[2] };
    case "undecided":
      throw new Error("the limits were asked, and are to be asked again");
    case "refused": {
      const [, reason, verification, waiting, applicationId, country] = reply;
      await enqueueWaiting(context, parseWaiting(ref, waiting));
      return { outcome: "refused", reason, verification, applicationId, country, ...channelOf(waiting) };
    }
    case "send": {
      const [, lifeLeftMs, kid, sealed, locale, attempt, country, patienceMs, applicationId, now] = reply;
      const taken = { ...ref, attempt };
      // Its name is in the message: whoever does not know it would send under another one's.
      await orLeave(context, taken, "application_unknown", () => limitedApplication(context, applicationId));
      return {
        outcome: "send",
        ref: taken,
        applicationId,
        lifeLeftMs,
        locale,
        country,
        ...patience(patienceMs, now),
        ...(await orLeave(context, taken, "key_missing", () => context.keyring.unseal(kid, ref, sealed))),
      };
    }
  }
}

/** Where something is missing here nothing is sent: whoever has it may claim the delivery next. */
async function orLeave<T>(context: ClaimContext, taken: AttemptRef, reason: string, find: () => T): Promise<T> {
  try {
    return find();
  } catch (error) {
    await settleDelivery(context, taken, { outcome: "retry", reason });
    throw error;
  }
}
