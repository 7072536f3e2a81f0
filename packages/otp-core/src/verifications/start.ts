import { generateCode } from "../code.ts";
import { type Application, type Core, deliveryQueue, type VerificationSettings } from "../core.ts";
import { normalizeContext, type PaymentContext } from "../context.ts";
import { enqueueWaiting } from "../deliveries/enqueue.ts";
import { WatchwordError } from "../errors.ts";
import { deliveryId, newVerificationRef, verificationId, type VerificationRef } from "../ids.ts";
import type { RequestClaim } from "../idempotency/request.ts";
import { admit, type Asked, destinationOf } from "../limits/admit.ts";
import { tellRefusal } from "../limits/decisions.ts";
import { numberPolicies, numberVoicePolicies, policyArguments } from "../limits/policies.ts";
import { maskPhoneNumber, parsePhoneNumber } from "../phone-number.ts";
import { tooMuchWaits } from "../queue/admission.ts";
import { storeTime } from "../store/clock.ts";
import { codeKey, numberKey, verificationKey } from "../store/keys.ts";
import { parseRecord } from "../store/record.ts";
import { script } from "../store/scripts.ts";
import type { Channel, Verification } from "../verification.ts";
import { encodePlan, planRoute, type WorkflowStep } from "../workflow.ts";
import { inTurn } from "./in-turn.ts";
import { numberTag } from "./number-tag.ts";
import { channelNotSetUp, differsFromPending, noCustomCodes, numberLocked, tooManyRequests } from "./refusals.ts";

export interface StartInput {
  /** The number in international form, as the caller wrote it. */
  to: string;
  /** How the first message goes out; the first step of the application's workflow decides where it is not given. */
  channel?: Channel | undefined;
  /** What follows where the channel does not reach the person; the application's setting decides where it is not given. */
  fallback?: "call" | "none" | undefined;
  /** BCP 47 tag of the person's language. */
  locale?: string | undefined;
  /** The person's address, for the limits; the application knows it and Watchword does not. */
  clientIp?: string | undefined;
  metadata?: Record<string, string> | undefined;
  /** Digits to send in place of a code of ours, where the application may. */
  code?: string | undefined;
  /** The payment that the code approves: it is said with it, and a check has to name the same. */
  context?: PaymentContext | undefined;
  /** Of a request with an Idempotency-Key: sent again after its answer was lost, it sends no second message. */
  claim?: RequestClaim | undefined;
}

export interface Started {
  verification: Verification;
  /** False where one was pending and its resend gap has not passed: nothing is sent. */
  sending: boolean;
  /** Whether it is a new one. */
  created: boolean;
  /** Of the number, ISO 3166-1 alpha-2. */
  country: string;
  /** Of the code, by the store's clock. */
  lifeLeftSeconds: number;
}

type Reply =
  | ["limited", string, number, string, string[]]
  | ["locked", number, number]
  | ["created", number]
  | ["differs"]
  | ["too_late", number]
  | ["resent" | "unchanged", number, string, string[]];

const run = script("start");

/**
 * Starts a verification of a number, or answers with the pending one.
 * @throws {WatchwordError} `invalid_request`, `invalid_phone_number`, `unsupported_destination`,
 *   `verification_conflict` where another payment or code is pending, `too_many_requests`, `destination_suspended`,
 *   `number_locked`, `unavailable`.
 */
export async function startVerification(core: Core, application: Application, input: StartInput): Promise<Started> {
  const { settings } = application;
  if (input.code !== undefined && !settings.customCodes) throw noCustomCodes();
  const { e164, country, landline } = parsePhoneNumber(input.to, settings);
  const route = planRoute(settings, { channel: input.channel, fallback: input.fallback, landline });
  const [first] = route;
  if (!first) throw channelNotSetUp(settings, input.channel);
  const { tag, former } = await numberTag(core, application, e164);
  await admitToQueue(core, settings, first, tag, input.claim);
  const destination = destinationOf(core, application.id, e164, country);
  const { channel } = first;
  const ref = newVerificationRef(tag);
  const code = input.code ?? generateCode(settings.codeLength);
  const context = input.context && normalizeContext(input.context);
  const [kid = "", digest = ""] = core.keyring.digests(ref, code, context);
  const sealed = core.keyring.seal(ref, { code, phone: e164, ...(context && { context }) });
  const to = maskPhoneNumber(e164);
  const keys = [numberKey(ref.tag), verificationKey(ref), codeKey(ref)];
  const args = [
    application.id,
    `${settings.maxAttempts} ${channel} ${country} ${destination.to} ${destination.area[0]}`,
    input.locale ?? "",
    input.metadata ? JSON.stringify(input.metadata) : "",
    encodePlan(route),
    settings.expirySeconds * 1000,
    settings.resendGapSeconds * 1000,
    settings.retentionSeconds * 1000,
    [kid, digest, sealed, ...core.keyring.wishes(ref, { context, code: input.code })].join(" "),
    ...former,
    policyArguments(numberPolicies(settings.limits)),
    channel === "call" ? policyArguments(numberVoicePolicies(settings.limits)) : "",
    input.claim?.slot.fingerprint ?? "",
    Math.min(core.admission?.waitMs(deliveryQueue(channel, first.carrier)) ?? 0, Number.MAX_SAFE_INTEGER),
  ];
  const asked: Asked = { kind: "start", channel, clientIp: input.clientIp, ...destination };
  const reply = await inTurn(tag, async () => {
    const admitted = await admit(core, application, asked).catch(async (error: unknown) => {
      if (isOverLimit(error) && (await sendsNothing(core, tag, input.claim))) return undefined;
      throw error;
    });
    if (!admitted) return run(core.redis, keys, args) as Promise<Reply>;
    return admitted.carryOut(
      () => run(core.redis, keys, args) as Promise<Reply>,
      ([answer]) => (answer === "created" ? undefined : answer === "resent" ? "again" : "unsent"),
    );
  });
  if (reply[0] === "locked") {
    tellRefusal(core, application, "number-lock", destination);
    throw numberLocked(settings, reply[1], reply[2]);
  }
  if (reply[0] === "limited") {
    tellRefusal(core, application, reply[1], destination);
    // Refusing more requests must not keep the accepted one from being sent.
    if (reply[4].length > 0)
      await enqueueWaiting(core, parseRecord({ tag: ref.tag, nonce: reply[3] }, reply[4]).deliveries);
    throw tooManyRequests(settings, reply[1], reply[2]);
  }
  if (reply[0] === "differs") throw differsFromPending();
  if (reply[0] === "too_late") throw tooMuchWaits(deliveryQueue(channel, first.carrier), reply[1]);
  const now = reply[1];
  const verification =
    reply[0] === "created"
      ? created(ref, to, settings, first, input.metadata, now)
      : parseRecord({ tag: ref.tag, nonce: reply[2] }, reply[3]);
  await enqueueWaiting(core, verification.deliveries);
  return {
    verification,
    sending: reply[0] !== "unchanged",
    created: reply[0] === "created",
    country,
    lifeLeftSeconds: Math.ceil((verification.expiresAt.getTime() - now) / 1000),
  };
}

/**
 * Where too much waits in the queue, whoever asks again for what is not sent again is still answered.
 * @throws {WatchwordError} `unavailable`.
 */
async function admitToQueue(
  { admission, redis }: Core,
  { expirySeconds }: VerificationSettings,
  { channel, carrier }: WorkflowStep,
  tag: string,
  claim: RequestClaim | undefined,
): Promise<void> {
  try {
    admission?.check(deliveryQueue(channel, carrier), expirySeconds);
  } catch (error) {
    if (!(await sendsNothing({ redis }, tag, claim))) throw error;
  }
}

const isOverLimit = (error: unknown) => error instanceof WatchwordError && error.details.policy !== undefined;

/** Longer than what follows takes. */
const SOON_MS = 1000;

/** Whether the number has a code that is sent no more now: its gap has not passed, or this very request was answered. */
async function sendsNothing(
  { redis }: Pick<Core, "redis">,
  tag: string,
  claim: RequestClaim | undefined,
): Promise<boolean> {
  const nonce = await redis.hget(numberKey(tag), "active");
  if (nonce === null) return false;
  const [now, [status, expiresAt, resendAt, asked]] = await Promise.all([
    storeTime(redis),
    redis.hmget(verificationKey({ tag, nonce }), "status", "expires_at", "resend_at", "asked"),
  ]);
  if (status !== "pending" || Number(expiresAt) <= now + SOON_MS) return false;
  return Number(resendAt) > now + SOON_MS || (claim !== undefined && asked === claim.slot.fingerprint);
}

/** What the script has just written, without reading it back. */
function created(
  ref: VerificationRef,
  to: string,
  { expirySeconds, resendGapSeconds, maxAttempts }: VerificationSettings,
  { channel, carrier }: WorkflowStep,
  metadata: Record<string, string> = {},
  now: number,
): Verification {
  const createdAt = new Date(now);
  const id = deliveryId({ ...ref, number: 1 });
  return {
    id: verificationId(ref),
    status: "pending",
    to,
    channel,
    metadata,
    createdAt,
    expiresAt: new Date(now + expirySeconds * 1000),
    resendAt: new Date(now + resendGapSeconds * 1000),
    attemptsRemaining: maxAttempts,
    deliveries: [
      {
        id,
        channel,
        carrier,
        cause: "start",
        status: "queued",
        error: null,
        createdAt,
        updatedAt: createdAt,
        attempts: [],
      },
    ],
  };
}
