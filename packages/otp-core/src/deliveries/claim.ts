import type { PaymentContext } from "../context.ts";
import type { Core } from "../core.ts";
import { type DeliveryRef, parseDeliveryId } from "../ids.ts";
import { verificationKey } from "../store/keys.ts";
import { script } from "../store/scripts.ts";
import type { DeliveryStatus, VerificationStatus } from "../verification.ts";
import { enqueueWaiting, parseWaiting, type Waiting } from "./enqueue.ts";
import { settleDelivery } from "./settle.ts";

/** After a request whose fate is unknown: how long a receipt may take before the code is sent once more. */
export const RECEIPT_WAIT_MS = 10_000;
/** Requests of one delivery that may have led to a message: the first, and one more after an uncertain one. */
const MAX_REQUESTS = 2;

/** What a worker needs. */
export type DeliveryContext = Pick<Core, "redis" | "keyring" | "queue">;

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
}

export type Claim =
  | ClaimedDelivery
  /** Nothing is to be sent any more: the verification is over, or another delivery has arrived (`delivered`). */
  | { outcome: "skipped"; reason: VerificationStatus | "delivered" }
  /** It was dealt with before. */
  | { outcome: "done"; status: DeliveryStatus; patienceMs?: number }
  /** A former request may have arrived: claim again after `waitMs`. */
  | { outcome: "uncertain"; waitMs: number; lifeLeftMs: number }
  | { outcome: "not_found" };

type Reply =
  | ["not_found"]
  | ["skipped", VerificationStatus | "delivered"]
  | ["done", DeliveryStatus, Waiting, number]
  | ["uncertain", number, number]
  | ["send", number, string, string, string, number, string, number, string];

const run = script("claim");

const patience = (ms: number) => (ms > 0 ? { patienceMs: ms } : {});

/** Takes a delivery before sending it: only a pending verification's, and never more than two requests that may arrive. */
export async function claimDelivery(context: DeliveryContext, id: string): Promise<Claim> {
  const ref = parseDeliveryId(id);
  if (!ref) return { outcome: "not_found" };
  const reply = (await run(
    context.redis,
    [verificationKey(ref)],
    [ref.number, RECEIPT_WAIT_MS, MAX_REQUESTS],
  )) as Reply;
  switch (reply[0]) {
    case "not_found":
      return { outcome: "not_found" };
    case "skipped":
      return { outcome: "skipped", reason: reply[1] };
    case "done":
      await enqueueWaiting(context, parseWaiting(ref, reply[2]));
      return { outcome: "done", status: reply[1], ...patience(reply[3]) };
    case "uncertain":
      return { outcome: "uncertain", waitMs: reply[1], lifeLeftMs: reply[2] };
    case "send": {
      const [, lifeLeftMs, kid, sealed, locale, attempt, country, patienceMs, applicationId] = reply;
      const taken = { ...ref, attempt };
      try {
        return {
          outcome: "send",
          ref: taken,
          applicationId,
          lifeLeftMs,
          locale,
          country,
          ...patience(patienceMs),
          ...context.keyring.unseal(kid, ref, sealed),
        };
      } catch (error) {
        // Nothing was sent: whoever has the key may claim it next.
        await settleDelivery(context, taken, { outcome: "retry", reason: "key_missing" });
        throw error;
      }
    }
  }
}
