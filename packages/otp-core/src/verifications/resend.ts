import { type Application, type Core, deliveryQueue } from "../core.ts";
import { enqueueWaiting } from "../deliveries/enqueue.ts";
import { parseVerificationId, type VerificationRef } from "../ids.ts";
import { admit, type Destination } from "../limits/admit.ts";
import { tellRefusal } from "../limits/decisions.ts";
import { numberPolicies, numberVoicePolicies, policyArguments } from "../limits/policies.ts";
import { numberKey, verificationKey } from "../store/keys.ts";
import { parseRecord } from "../store/record.ts";
import { script } from "../store/scripts.ts";
import type { Channel, Verification, VerificationStatus } from "../verification.ts";
import { channelNotSetUp, notFound, notPending, numberLocked, resendTooSoon, tooManyRequests } from "./refusals.ts";

type Reply =
  | ["not_found"]
  | ["not_pending", VerificationStatus]
  | ["too_soon", number]
  | ["locked", number, number]
  | ["limited", string, number]
  | ["resent", string[]];

const run = script("resend");

/**
 * Sends the same code once more.
 * @throws {WatchwordError} `invalid_request`, `verification_not_found`, `verification_not_pending`, `resend_too_soon`,
 *   `too_many_requests`, `destination_suspended`, `number_locked`, `unavailable`.
 */
export async function resendVerification(
  core: Core,
  application: Application,
  id: string,
  channel: Channel,
): Promise<Verification> {
  const step = application.settings.workflow.find((candidate) => candidate.channel === channel);
  if (!step) throw channelNotSetUp(application.settings, channel);
  const ref = parseVerificationId(id);
  if (!ref) throw notFound();
  core.admission?.check(deliveryQueue(channel, step.carrier), application.settings.expirySeconds);
  const { limits } = application.settings;
  const asked = await destinationKept(core, application, ref);
  const admitted = asked && (await admit(core, application, { kind: "resend", channel, ...asked }));
  const gapMs = application.settings.resendGapSeconds * 1000;
  const reply = (await run(
    core.redis,
    [verificationKey(ref), numberKey(ref.tag)],
    [
      application.id,
      channel,
      step.carrier,
      gapMs,
      policyArguments(numberPolicies(limits)),
      channel === "call" ? policyArguments(numberVoicePolicies(limits)) : "",
    ],
  )) as Reply;

  if (reply[0] !== "resent") {
    await admitted?.release("unsent");
    const policy = reply[0] === "locked" ? "number-lock" : reply[0] === "limited" ? reply[1] : undefined;
    if (asked && policy !== undefined) tellRefusal(core, application, policy, asked);
  }
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
    case "resent": {
      const verification = parseRecord(ref, reply[1]);
      await enqueueWaiting(core, verification.deliveries);
      return verification;
    }
  }
}

/** Where a pending verification's code goes, as its record has it; undefined where there is nothing to be sent. */
async function destinationKept(
  { redis }: Core,
  application: Application,
  ref: VerificationRef,
): Promise<Destination | undefined> {
  const [app, status, about] = await redis.hmget(verificationKey(ref), "app", "status", "about");
  if (app !== application.id || status !== "pending" || !about) return undefined;
  const [, , , country = "", to = "", area] = about.split(" ");
  return { country, to, area: area === undefined ? [] : [area] };
}
