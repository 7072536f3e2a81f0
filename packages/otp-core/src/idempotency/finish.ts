import { requestKey } from "../store/keys.ts";
import { script } from "../store/scripts.ts";
import type { RequestClaim, RequestContext, StoredAnswer } from "./request.ts";

const run = script("request-end");
const KEPT_MS = 24 * 60 * 60 * 1000;
/** Several times the largest answer; more than that is not kept. */
const MAX_ANSWER_BYTES = 64 * 1024;

const end = ({ redis }: RequestContext, { slot, owner }: RequestClaim, sealed: string) =>
  run(redis, [requestKey(slot.tag)], [slot.fingerprint, owner, sealed, KEPT_MS]);

/**
 * Keeps the answer for 24 h, sealed, for the same request to be answered with it again.
 * @returns false where it was not kept: the lock had ended, or the answer is too large, which lets go of the key.
 */
export async function finishRequest(core: RequestContext, claim: RequestClaim, answer: StoredAnswer): Promise<boolean> {
  const text = JSON.stringify(answer);
  const fits = Buffer.byteLength(text) <= MAX_ANSWER_BYTES;
  const done = await end(core, claim, fits ? core.keyring.sealAnswer(claim.slot, text) : "");
  return fits && done === 1;
}

/** Lets go of the idempotency key at once. It never throws: where Redis does not hear it, the lock ends by itself. */
export async function releaseRequest(core: RequestContext, claim: RequestClaim): Promise<void> {
  await end(core, claim, "").catch(() => undefined);
}
