import type { Application, Core } from "../core.ts";
import { parseVerificationId } from "../ids.ts";
import { verificationKey } from "../store/keys.ts";
import { parseRecord } from "../store/record.ts";
import { script } from "../store/scripts.ts";
import type { Verification } from "../verification.ts";
import { notFound } from "./refusals.ts";

type Reply = ["not_found"] | ["found", string[]];

const run = script("read");

/** @throws {WatchwordError} `verification_not_found`, also for another application's id. */
export async function readVerification(core: Core, application: Application, id: string): Promise<Verification> {
  const ref = parseVerificationId(id);
  if (!ref) throw notFound();
  const reply = (await run(core.redis, [verificationKey(ref)], [application.id])) as Reply;
  if (reply[0] === "not_found") throw notFound();
  return parseRecord(ref, reply[1]);
}
