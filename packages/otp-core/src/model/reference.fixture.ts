import type { Attempt, Channel, DeliveryStatus, VerificationStatus } from "../verification.ts";
import type { World } from "./world.fixture.ts";

/** What every verification of a model run has; times are in seconds. */
const LIFE = 300;
export const MAX_CHECKS = 3;
const RESEND_GAP = 30;
export const PATIENCE = 30;
export const ATTEMPTS_KEPT = 20;
const LIMITS = [
  { requests: 5, within: 900 },
  { requests: 10, within: 86_400 },
];

type ModelAttempt = Pick<Attempt, "outcome" | "reason" | "carrierId">;

export interface ModelCall {
  phase: "dialed" | "answered" | "speaking" | "machine" | "over";
  speaks: number;
  /** The event that led there. */
  eventId: string;
}

export interface ModelDelivery {
  channel: Channel;
  /** From 1; 0 outside the workflow. */
  step: number;
  by: "start" | "resend" | "fallback";
  status: DeliveryStatus;
  error: string | null;
  since: number;
  attempts: ModelAttempt[];
  /** Ids of its messages and calls that the carrier could not deliver. */
  lost: Set<string>;
  calls: Map<string, ModelCall>;
}

export interface ModelVerification {
  status: VerificationStatus;
  expiresAt: number;
  resendAt: number;
  wrong: number;
  plan: readonly Channel[];
  /** The step that has been reached, from 1. */
  step: number;
  deliveries: ModelDelivery[];
}

/** One number and all its verifications; every one but the newest is over. */
export interface Model {
  /** In real time, which the model does not follow. */
  begunAt: number;
  now: number;
  workflow: readonly Channel[];
  /** Times of the number's requests for a code. */
  requests: number[];
  verifications: ModelVerification[];
  world: World;
}

export const newModel = (workflow: readonly Channel[], world: World): Model => ({
  begunAt: performance.now(),
  now: 0,
  workflow,
  requests: [],
  verifications: [],
  world,
});

/** How far a delivery has come: it never goes back. */
export const progress: Readonly<Record<DeliveryStatus, number>> = {
  queued: 0,
  sending: 0,
  uncertain: 0,
  skipped: 1,
  failed: 1,
  sent: 2,
  unconfirmed: 3,
  undelivered: 4,
  delivered: 5,
};

/** The carrier's word moves a delivery forward only. */
export function advance(model: Model, delivery: ModelDelivery, status: DeliveryStatus, reason: string | null): boolean {
  if (progress[status] <= progress[delivery.status]) return false;
  become(model, delivery, status, reason);
  return true;
}

export function bringId({ attempts }: ModelDelivery, carrierId: string): void {
  const newest = attempts.at(-1);
  if (newest?.outcome === null) newest.carrierId = carrierId;
}

/** Of how many requests of a delivery nobody knows that they came to nothing. */
export const mayHaveArrived = ({ attempts }: ModelDelivery): number =>
  attempts.filter(({ outcome }) => outcome === null || outcome === "sent" || outcome === "uncertain").length;

export const delivered = ({ deliveries }: ModelVerification) => deliveries.some(({ status }) => status === "delivered");

export function become(
  model: Model,
  delivery: ModelDelivery,
  status: DeliveryStatus,
  error: string | null = null,
): void {
  Object.assign(delivery, { status, error, since: model.now });
}

function add(model: Model, verification: ModelVerification, channel: Channel, step: number, by: ModelDelivery["by"]) {
  const { deliveries } = verification;
  deliveries.push({
    channel,
    step,
    by,
    status: "queued",
    error: null,
    since: model.now,
    attempts: [],
    lost: new Set(),
    calls: new Map(),
  });
  if (by === "fallback") return;
  const resends = deliveries.filter((each) => each.by === "resend").length;
  verification.resendAt = model.now + RESEND_GAP * Math.min(2 ** resends, 4);
}

export function goOn(model: Model, verification: ModelVerification, from: number): boolean {
  const { plan, status, step } = verification;
  const next = plan[from];
  if (from === 0 || from !== step || !next || status !== "pending" || delivered(verification)) return false;
  verification.step = from + 1;
  add(model, verification, next, from + 1, "fallback");
  return true;
}

export function giveUpOn(model: Model, verification: ModelVerification, delivery: ModelDelivery): void {
  if (verification.status !== "pending" || goOn(model, verification, delivery.step)) return;
  const all = verification.deliveries;
  if (all.every(({ status }) => status === "failed" || status === "undelivered")) verification.status = "undeliverable";
}

/** Seconds until the number's limits let another request pass; 0 where they do now. */
const limitedFor = ({ now, requests }: Model) =>
  Math.max(0, ...LIMITS.map((limit) => (requests.at(-limit.requests) ?? -Infinity) + limit.within - now));

function resendBy(model: Model, verification: ModelVerification, channel: Channel): void {
  const at = verification.plan.findIndex((each, index) => index + 1 >= verification.step && each === channel);
  if (at >= 0) verification.step = at + 1;
  add(model, verification, channel, at + 1, "resend");
}

export function passTime(model: Model, seconds: number): void {
  model.now += seconds;
  for (const each of model.verifications) {
    if (each.status === "pending" && each.expiresAt <= model.now) each.status = "expired";
  }
}

export function start(
  model: Model,
  channel: Channel,
  fallback: boolean,
): "limited" | "created" | "resent" | "unchanged" {
  if (limitedFor(model) > 0) return "limited";
  model.requests.push(model.now);
  const newest = model.verifications.at(-1);
  if (newest?.status === "pending") {
    if (model.now < newest.resendAt) return "unchanged";
    resendBy(model, newest, channel);
    return "resent";
  }
  const route = model.workflow.slice(model.workflow.indexOf(channel));
  const verification: ModelVerification = {
    status: "pending",
    expiresAt: model.now + LIFE,
    resendAt: 0,
    wrong: 0,
    plan: fallback ? route : route.slice(0, 1),
    step: 1,
    deliveries: [],
  };
  model.verifications.push(verification);
  add(model, verification, channel, 1, "start");
  return "created";
}

export function resend(model: Model, verification: ModelVerification, channel: Channel) {
  if (verification.status !== "pending") return "verification_not_pending";
  const [tooSoonFor, limited] = [verification.resendAt - model.now, limitedFor(model)];
  // Whichever holds it back for longer.
  if (tooSoonFor > 0 && tooSoonFor >= limited) return "resend_too_soon";
  if (limited > 0) return "too_many_requests";
  model.requests.push(model.now);
  resendBy(model, verification, channel);
  return "resent";
}

/** Gives whether the code was accepted. */
export function check(verification: ModelVerification, right: boolean): boolean {
  if (verification.status !== "pending") return false;
  if (right) verification.status = "approved";
  else {
    verification.wrong += 1;
    if (verification.wrong === MAX_CHECKS) verification.status = "failed";
  }
  return right;
}

export function cancel(verification: ModelVerification): boolean {
  if (verification.status !== "pending") return false;
  verification.status = "canceled";
  return true;
}

/** What its application may read of a verification. */
export const view = ({ status, wrong, deliveries }: ModelVerification) => ({
  status,
  attemptsRemaining: MAX_CHECKS - wrong,
  deliveries: deliveries.map(({ channel, status, error, attempts }) => ({
    channel,
    status,
    error,
    attempts: attempts.slice(-ATTEMPTS_KEPT),
  })),
});
