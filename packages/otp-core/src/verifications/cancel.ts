import { announceEnd } from "../announce.ts";
import type { Application, Core } from "../core.ts";
import { parseVerificationId } from "../ids.ts";
import { verificationKey } from "../store/keys.ts";
import { parseRecord } from "../store/record.ts";
import { script } from "../store/scripts.ts";
import type { Verification, VerificationStatus } from "../verification.ts";
import { notFound, notPending } from "./refusals.ts";

type Reply = ["not_found"] | ["not_pending", VerificationStatus] | ["canceled", string[]];

const run = script("cancel");

/**
 * Ends a pending verification: its code is never sent again and never accepted.
 * @throws {WatchwordError} `verification_not_found`, `verification_not_pending`.
 */
export async function cancelVerification(core: Core, application: Application, id: string): Promise<Verification> {
  const ref = parseVerificationId(id);
  if (!ref) throw notFound();
  const reply = (await run(core.redis, [verificationKey(ref)], [application.id])) as Reply;
  if (reply[0] === "not_found") throw notFound();
  if (reply[0] === "not_pending") throw notPending(reply[1]);
  announceEnd(core, application, id);
  return parseRecord(ref, reply[1]);
}
