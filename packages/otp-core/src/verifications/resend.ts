import { type Application, type Core, deliveryQueue } from "../core.ts";
import { enqueueWaiting } from "../deliveries/enqueue.ts";
import { parseVerificationId, type VerificationRef } from "../ids.ts";
import type { RequestClaim } from "../idempotency/request.ts";
import { admit, type Destination } from "../limits/admit.ts";
import { tellRefusal } from "../limits/decisions.ts";
import { numberPolicies, numberVoicePolicies, policyArguments } from "../limits/policies.ts";
import { mustBeAllowed } from "../phone-number.ts";
import { storeTime } from "../store/clock.ts";
import { numberKey, verificationKey } from "../store/keys.ts";
import { parseRecord } from "../store/record.ts";
import { script } from "../store/scripts.ts";
import type { Channel, Verification, VerificationStatus } from "../verification.ts";
import { inTurn } from "./in-turn.ts";
import { channelNotSetUp, notFound, notPending, numberLocked, resendTooSoon, tooManyRequests } from "./refusals.ts";

type Reply =
  | ["not_found"]
  | ["not_pending", VerificationStatus]
  | ["too_soon", number]
  | ["locked", number, number]
  | ["limited", string, number]
  | ["resent" | "unchanged", string[]];

const run = script("resend");

/**
 * Sends the same code once more.
 * @param asked the channel; the one that the verification began with where it is not given
 * @param claim of a request with an Idempotency-Key: sent again after its answer was lost, it sends no second message
 * @throws {WatchwordError} `invalid_request`, `verification_not_found`, `verification_not_pending`, `resend_too_soon`,
 *   `too_many_requests`, `destination_suspended`, `unsupported_destination`, `number_locked`, `unavailable`.
 */
export async function resendVerification(
  core: Core,
  application: Application,
  id: string,
  asked: Channel | undefined,
  claim?: RequestClaim,
): Promise<Verification> {
  const { workflow } = application.settings;
  const stepBy = (wanted: Channel | undefined) => workflow.find((candidate) => candidate.channel === wanted);
  const ref = parseVerificationId(id);
  if (workflow.length === 0 || (asked !== undefined && !stepBy(asked)))
    throw channelNotSetUp(application.settings, asked);
  if (!ref) throw notFound();
  const kept = await pendingKept(core, application, ref);
  const step = stepBy(asked ?? kept?.channel) ?? workflow[0];
  if (!step) throw channelNotSetUp(application.settings, asked);
  if (kept) {
    // It may have been taken off the list since the verification began.
    mustBeAllowed(kept.destination.country, application.settings);
    core.admission?.check(deliveryQueue(step.channel, step.carrier), kept.lifeLeftMs / 1000);
  }
  const destination = kept?.destination;
  const { channel, carrier } = step;
  const { limits, resendGapSeconds } = application.settings;
  const args = [
    application.id,
    channel,
    carrier,
    resendGapSeconds * 1000,
    policyArguments(numberPolicies(limits)),
    channel === "call" ? policyArguments(numberVoicePolicies(limits)) : "",
    claim?.slot.fingerprint ?? "",
  ];
  const reply = await inTurn(ref.tag, async () => {
    const resend = async () => (await run(core.redis, [verificationKey(ref), numberKey(ref.tag)], args)) as Reply;
    if (!destination) return resend();
    const admitted = await admit(core, application, { kind: "resend", channel, ...destination });
    return admitted.carryOut(resend, ([answer]) => (answer === "resent" ? undefined : "unsent"));
  });
  const policy = reply[0] === "locked" ? "number-lock" : reply[0] === "limited" ? reply[1] : undefined;
  if (destination && policy !== undefined) tellRefusal(core, application, policy, destination);
  switch (reply[0]) {
    case "not_found":
      throw notFound();
    case "not_pending":
      throw notPending(reply[1]);
    case "too_soon":
      throw resendTooSoon(reply[1], application.settings);
    case "locked":
      throw numberLocked(application.settings, reply[1], reply[2]);
    case "limited":
      throw tooManyRequests(application.settings, reply[1], reply[2]);
    case "unchanged":
    case "resent": {
      const verification = parseRecord(ref, reply[1]);
      await enqueueWaiting(core, verification.deliveries);
      return verification;
    }
  }
}

/** A pending verification, as its record has it; undefined where there is nothing to be sent. */
async function pendingKept(
  { redis }: Core,
  application: Application,
  ref: VerificationRef,
): Promise<{ channel: Channel; destination: Destination; lifeLeftMs: number } | undefined> {
  const [now, [app, status, about, expiresAt]] = await Promise.all([
    storeTime(redis),
    redis.hmget(verificationKey(ref), "app", "status", "about", "expires_at"),
  ]);
  const lifeLeftMs = Number(expiresAt) - now;
  if (app !== application.id || status !== "pending" || !about || lifeLeftMs <= 0) return undefined;
  const [, , channel, country = "", to = "", area] = about.split(" ");
  return {
    channel: channel as Channel,
    destination: { country, to, area: area === undefined ? [] : [area] },
    lifeLeftMs,
  };
}
