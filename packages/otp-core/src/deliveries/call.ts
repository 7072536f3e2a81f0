import type { PaymentContext } from "../context.ts";
import { parseDeliveryId } from "../ids.ts";
import { verificationKey } from "../store/keys.ts";
import { script } from "../store/scripts.ts";
import type { Channel, DeliveryStatus, VerificationStatus } from "../verification.ts";
import type { CallEventJob } from "./call-event.ts";
import type { DeliveryContext } from "./claim.ts";
import { channelOf, enqueueWaiting, parseWaiting, type Waiting } from "./enqueue.ts";

/** Once when the person answers, and three times more by pressing 1. */
const MAX_SPEAKS = 4;

/** What is to be done in a call. `code` is in the clear and stays in this process. */
export type CallAction =
  | { action: "none" }
  | { action: "hang_up" }
  /** `times`: how often the code has been spoken then, from 1; the same event always gives the same. */
  | {
      action: "speak";
      code: string;
      context?: PaymentContext;
      locale: string;
      applicationId: string;
      times: number;
    };

export interface CallProgress {
  applicationId: string;
  /** The channel that the workflow went on to, where this call has come to nothing. */
  escalatedTo?: Channel;
  next: CallAction;
  delivery: DeliveryStatus;
  /** Whether this event changed it. */
  changed: boolean;
  verification: VerificationStatus;
  carrier: string;
  /** Since the delivery was asked for. */
  elapsedMs: number;
}

type Reply =
  | ["not_found"]
  | [
      CallAction["action"],
      number,
      DeliveryStatus,
      VerificationStatus,
      string,
      number,
      Waiting,
      0 | 1,
      string | null,
      string | null,
      string,
      string,
    ];

const run = script("call");

const whatToSay = ({ code, context }: { code: string; context?: PaymentContext }) => ({
  code,
  ...(context && { context }),
});

/**
 * Applies an event of a call: a person hears the code, a machine nothing. A call only moves forward, so that order and
 * repetition of its events do not matter. Undefined for a delivery that has been forgotten.
 */
export const applyCallEvent = (context: DeliveryContext, event: CallEventJob): Promise<CallProgress | undefined> =>
  apply(context, event);

/**
 * Says that what an event of a call led to could not be spoken. Nobody has heard the code then, unless it had been spoken
 * before: the delivery is undelivered at once where that is sure, else when the call ends without word of it.
 * @param reason why it surely was not spoken; null where it may have been
 */
export const applyUnspoken = (
  context: DeliveryContext,
  { deliveryId, callId, eventId }: CallEventJob,
  reason: "not_spoken" | "hung_up" | null,
): Promise<CallProgress | undefined> => apply(context, { deliveryId, callId, eventId, event: "unspoken", reason });

async function apply(
  context: DeliveryContext,
  {
    deliveryId,
    callId,
    event,
    reason,
    eventId,
  }: Omit<CallEventJob, "event"> & { event: CallEventJob["event"] | "unspoken" },
): Promise<CallProgress | undefined> {
  const ref = parseDeliveryId(deliveryId);
  if (!ref) return undefined;
  const args = [ref.number, event, reason ?? "", callId, eventId, MAX_SPEAKS];
  const reply = (await run(context.redis, [verificationKey(ref)], args)) as Reply;
  if (reply[0] === "not_found") return undefined;
  const [
    action,
    times,
    delivery,
    verification,
    carrier,
    elapsedMs,
    waiting,
    changed,
    kid,
    sealed,
    locale,
    applicationId,
  ] = reply;
  await enqueueWaiting(context, parseWaiting(ref, waiting));
  const next: CallAction =
    action === "speak"
      ? { action, times, locale, applicationId, ...whatToSay(context.keyring.unseal(kid ?? "", ref, sealed ?? "")) }
      : { action };
  const { next: escalatedTo } = channelOf(waiting);
  return {
    applicationId,
    next,
    delivery,
    changed: changed === 1,
    verification,
    carrier,
    elapsedMs,
    ...(escalatedTo && { escalatedTo }),
  };
}
