import type { Application, Core } from "../core.ts";
import { parseVerificationId } from "../ids.ts";
import { normalizePhoneNumber } from "../phone-number.ts";
import { numberKey, verificationKey, verificationPrefix } from "../store/keys.ts";
import { script } from "../store/scripts.ts";
import { notFound } from "./refusals.ts";

const eraseOne = script("erase");
const eraseAll = script("erase-number");

/**
 * Forgets a verification, its code and its deliveries at once: a delivery that waits is never sent. The number's limits
 * stay, which are times under a keyed hash.
 * @throws {WatchwordError} `verification_not_found`, also for another application's id.
 */
export async function eraseVerification(core: Core, application: Application, id: string): Promise<void> {
  const ref = parseVerificationId(id);
  if (!ref) throw notFound();
  if ((await eraseOne(core.redis, [verificationKey(ref), numberKey(ref.tag)], [application.id])) === 0)
    throw notFound();
}

/**
 * Forgets every verification of a number that the application has, under former keys too; it does not tell whether
 * there was any. The number's limits stay: erasing must not be a way around them.
 * @param field where the caller wrote the number
 * @throws {WatchwordError} `invalid_phone_number`.
 */
export async function eraseNumber(core: Core, application: Application, written: string, field: string): Promise<void> {
  const tags = core.keyring.tags(application.id, normalizePhoneNumber(written, field));
  await Promise.all(tags.map((tag) => eraseAll(core.redis, [numberKey(tag)], [verificationPrefix(tag)])));
}
