import type { Redis } from "ioredis";
import { type DeliveryRef, parseDeliveryId } from "../ids.ts";
import type { Keyring } from "../keyring.ts";
import { verificationKey } from "../store/keys.ts";
import { script } from "../store/scripts.ts";
import type { DeliveryStatus, VerificationStatus } from "../verification.ts";
import { settleDelivery } from "./settle.ts";

/** After a request whose fate is unknown: how long a receipt may take before the code is sent once more. */
export const RECEIPT_WAIT_MS = 10_000;
/** Requests of one delivery that may have led to a message: the first, and one more after an uncertain one. */
const MAX_REQUESTS = 2;

/** What a worker needs. */
export interface DeliveryContext {
  redis: Redis;
  keyring: Keyring;
}

export type Claim =
  /** Send it now; `phone` and `code` are in the clear and stay in this process. */
  | { outcome: "send"; ref: DeliveryRef; phone: string; code: string; locale: string; lifeLeftMs: number }
  /** The verification is over: nothing is to be sent any more. */
  | { outcome: "skipped"; status: VerificationStatus }
  /** It was dealt with before. */
  | { outcome: "done"; status: DeliveryStatus }
  /** A former request may have arrived: claim again after `waitMs`. */
  | { outcome: "uncertain"; waitMs: number; lifeLeftMs: number }
  | { outcome: "not_found" };

type Reply =
  | ["not_found"]
  | ["skipped", VerificationStatus]
  | ["done", DeliveryStatus]
  | ["uncertain", number, number]
  | ["send", number, string, string, string];

const run = script("claim");

/** Takes a delivery before sending it: only a pending verification's, and never more than two requests that may arrive. */
export async function claimDelivery({ redis, keyring }: DeliveryContext, id: string): Promise<Claim> {
  const ref = parseDeliveryId(id);
  if (!ref) return { outcome: "not_found" };
  const reply = (await run(redis, [verificationKey(ref)], [ref.number, RECEIPT_WAIT_MS, MAX_REQUESTS])) as Reply;
  switch (reply[0]) {
    case "not_found":
      return { outcome: "not_found" };
    case "skipped":
      return { outcome: "skipped", status: reply[1] };
    case "done":
      return { outcome: "done", status: reply[1] };
    case "uncertain":
      return { outcome: "uncertain", waitMs: reply[1], lifeLeftMs: reply[2] };
    case "send": {
      const [, lifeLeftMs, kid, sealed, locale] = reply;
      try {
        return { outcome: "send", ref, lifeLeftMs, locale, ...keyring.unseal(kid, ref, sealed) };
      } catch (error) {
        // Nothing was sent: whoever has the key may claim it next.
        await settleDelivery({ redis }, ref, { outcome: "retry", reason: "key_missing" });
        throw error;
      }
    }
  }
}
