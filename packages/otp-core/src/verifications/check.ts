import { announceEnd } from "../announce.ts";
import { normalizeCode } from "../code.ts";
import { normalizeContext, type PaymentContext } from "../context.ts";
import type { Application, Core } from "../core.ts";
import { parseVerificationId, verificationId, type VerificationRef } from "../ids.ts";
import { readPhoneNumber } from "../phone-number.ts";
import type { RequestClaim } from "../idempotency/request.ts";
import { countApproval } from "../limits/conversion.ts";
import { tellRefusal } from "../limits/decisions.ts";
import { numberLock } from "../limits/policies.ts";
import { numberKey, verificationKey } from "../store/keys.ts";
import { script } from "../store/scripts.ts";
import type { VerificationStatus } from "../verification.ts";
import { numberTag } from "./number-tag.ts";
import { keyMissing, notFound, numberLocked } from "./refusals.ts";

export interface Checked {
  id: string;
  status: VerificationStatus;
  /** True exactly once in the life of a verification, and again for the very request whose answer a crash has lost. */
  valid: boolean;
  attemptsRemaining: number;
  /** Whether the code was compared: it is not where the verification was over before. */
  evaluated: boolean;
  /** Signed proof, where the code was right. */
  token?: string;
}

type Reply =
  | ["not_found"]
  | ["unknown_key"]
  | ["locked", number, number, string]
  | [VerificationStatus, 0 | 1, number, 0 | 1, string?];

interface CheckOptions {
  /** Of the payment that the code approves. */
  context?: PaymentContext | undefined;
  /** Of a request with an Idempotency-Key: what it approved it is told again, while the code would still be alive. */
  claim?: RequestClaim | undefined;
}

const run = script("check");

async function check(
  core: Core,
  application: Application,
  ref: VerificationRef,
  code: string,
  { context: given, claim }: CheckOptions,
): Promise<Checked> {
  const context = given && normalizeContext(given);
  const digests = core.keyring.digests(ref, normalizeCode(code), context);
  const { limit, windowSeconds } = numberLock(application.settings.limits);
  const reply = (await run(
    core.redis,
    [verificationKey(ref), numberKey(ref.tag)],
    [application.id, limit, windowSeconds * 1000, claim?.slot.fingerprint ?? "", ...digests],
  )) as Reply;
  if (reply[0] === "not_found") throw notFound();
  if (reply[0] === "unknown_key") throw keyMissing();
  if (reply[0] === "locked") {
    const [, , , country = "", to = ""] = reply[3].split(" ");
    tellRefusal(core, application, "number-lock", { country, to });
    throw numberLocked(application.settings, reply[1], reply[2]);
  }

  const [status, right, attemptsRemaining, evaluated, about] = reply;
  const id = verificationId(ref);
  const checked = { id, status, valid: right === 1, attemptsRemaining, evaluated: evaluated === 1 };
  if (checked.evaluated && status !== "pending") announceEnd(core, application, id);
  if (right === 0) return checked;
  if (about !== undefined) countApproval(core, application, about);
  // A right code came with the payment that it was sent for, and so did its retry, which is the same request.
  const token = await core.tokens.sign({
    applicationId: application.id,
    verificationId: id,
    phoneHash: ref.tag,
    context,
  });
  return { ...checked, token };
}

/**
 * Says whether a code is right. A wrong one, one for another payment than it approves, or one for a verification that
 * is over, is an answer and not an error.
 * @throws {WatchwordError} `verification_not_found`, `number_locked`, `unavailable`.
 */
export async function checkVerification(
  core: Core,
  application: Application,
  id: string,
  code: string,
  options: CheckOptions = {},
): Promise<Checked> {
  const ref = parseVerificationId(id);
  if (!ref) throw notFound();
  return check(core, application, ref, code, options);
}

/**
 * The same for the newest verification of a number.
 * @throws {WatchwordError} `verification_not_found`, `invalid_phone_number`, `number_locked`, `unavailable`.
 */
export async function checkNumber(
  core: Core,
  application: Application,
  to: string,
  code: string,
  options: CheckOptions = {},
): Promise<Checked> {
  // A code that was sent stays good where codes are not sent any more.
  const { e164 } = readPhoneNumber(to, application.settings);
  const { tag } = await numberTag(core, application, e164);
  const nonce = await core.redis.hget(numberKey(tag), "active");
  if (nonce === null) throw notFound();
  return check(core, application, { tag, nonce }, code, options);
}
