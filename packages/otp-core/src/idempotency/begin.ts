import { randomBytes } from "node:crypto";
import type { Application } from "../core.ts";
import { WatchwordError } from "../errors.ts";
import type { RequestSlot } from "../keyring.ts";
import { requestKey } from "../store/keys.ts";
import { script } from "../store/scripts.ts";
import { releaseRequest } from "./finish.ts";
import type { RequestClaim, RequestContext, StoredAnswer } from "./request.ts";

export interface RequestInput {
  /** As the application chose it. */
  idempotencyKey: string;
  /** All that makes it this request and no other: the same text for the same request. */
  request: string;
  /** A request that was cut off can be sent again after this time. */
  lockMs: number;
}

export type BegunRequest = { outcome: "new"; claim: RequestClaim } | { outcome: "replay"; answer: StoredAnswer };

type Reply = ["new"] | ["conflict"] | ["in_progress"] | ["replay", string];

const run = script("request-begin");
const OWNER_BYTES = 12;
/** Most requests take a few ms. */
const IN_PROGRESS_RETRY_SECONDS = 1;

/**
 * Claims an idempotency key for a request, or gives the answer that the same request got before. Whoever has the claim
 * ends it with `finishRequest` or `releaseRequest`.
 * @throws {WatchwordError} `idempotency_conflict` where another request has the key, `idempotency_in_progress` where
 *   the same one is being carried out.
 */
export async function beginRequest(
  core: RequestContext,
  application: Application,
  { idempotencyKey, request, lockMs }: RequestInput,
): Promise<BegunRequest> {
  const [slot, ...former] = core.keyring.requestSlots(application.id, idempotencyKey, request);
  if (!slot) throw new Error("a keyring has at least one key");
  const claim = { slot, owner: randomBytes(OWNER_BYTES).toString("base64url") };
  const found = await claimOrFind(core, claim, former, lockMs).catch((error: unknown) => {
    // It may be claimed all the same, where only the reply was lost.
    void releaseRequest(core, claim);
    throw error;
  });
  return found ? { outcome: "replay", answer: answerOf(core, found) } : { outcome: "new", claim };
}

interface Found {
  slot: RequestSlot;
  reply: Reply;
}

/**
 * Nothing where the claim was made. While a rotation is under way others may claim the same idempotency key under
 * another key of the ring: each claims under its own first and looks under the others then, so that of two at least
 * one sees the other.
 */
async function claimOrFind(
  core: RequestContext,
  claim: RequestClaim,
  others: readonly RequestSlot[],
  lockMs: number,
): Promise<Found | undefined> {
  const ask = async (slot: RequestSlot, lifeMs: number): Promise<Found> => ({
    slot,
    reply: (await run(core.redis, [requestKey(slot.tag)], [slot.fingerprint, claim.owner, lifeMs])) as Reply,
  });
  const own = await ask(claim.slot, lockMs);
  if (own.reply[0] !== "new") return own;
  for (const slot of others) {
    const other = await ask(slot, 0);
    if (other.reply[0] === "new") continue;
    void releaseRequest(core, claim);
    return other;
  }
  return undefined;
}

function answerOf({ keyring }: RequestContext, { slot, reply }: Found): StoredAnswer {
  switch (reply[0]) {
    case "replay":
      return JSON.parse(keyring.unsealAnswer(slot, reply[1])) as StoredAnswer;
    case "conflict":
      throw new WatchwordError(
        "idempotency_conflict",
        "This Idempotency-Key was used for another request: send each request with a key of its own.",
      );
    case "in_progress":
      throw new WatchwordError(
        "idempotency_in_progress",
        "The first request with this Idempotency-Key has not been answered yet: send it again in a moment.",
        { retryAfterSeconds: IN_PROGRESS_RETRY_SECONDS },
      );
    case "new":
      throw new Error("a request that was not found has no answer");
  }
}
