import type { Receipt } from "../deliveries/receipt.ts";
import type { SendOutcome } from "../deliveries/settle.ts";
import type { DeliveryStatus, VerificationStatus } from "../verification.ts";
import {
  advance,
  ATTEMPTS_KEPT,
  become,
  bringId,
  delivered,
  giveUpOn,
  goOn,
  mayHaveArrived,
  type Model,
  type ModelDelivery,
  type ModelVerification,
} from "./reference.fixture.ts";

const RECEIPT_WAIT = 10;
const MAX_REQUESTS = 2;

/** What a worker is told; `patience`: that the workflow goes on unless this delivery is confirmed. */
export type ModelClaim =
  | { outcome: "send"; attempt: number; patience: boolean }
  | { outcome: "done"; status: DeliveryStatus; patience: boolean }
  | { outcome: "skipped"; reason: VerificationStatus | "delivered" }
  | { outcome: "uncertain" };

export function claim(model: Model, verification: ModelVerification, delivery: ModelDelivery): ModelClaim {
  const { plan, step } = verification;
  const patience = delivery.step > 0 && delivery.step === step && step < plan.length;
  const done = (): ModelClaim => ({ outcome: "done", status: delivery.status, patience });
  if (!["queued", "sending", "uncertain"].includes(delivery.status)) {
    const newest = delivery.attempts.at(-1);
    if (newest?.outcome === null) {
      newest.outcome = newest.carrierId === null ? "uncertain" : "sent";
      newest.reason = newest.carrierId === null ? "interrupted" : null;
    }
    return done();
  }
  if (delivery.status === "sending") {
    Object.assign(delivery.attempts.at(-1) ?? {}, { outcome: "uncertain", reason: "interrupted" });
    become(model, delivery, "uncertain", "interrupted");
  }

  const answered = delivery.by !== "resend" && delivered(verification);
  const unwanted = verification.status !== "pending" ? verification.status : answered ? "delivered" : undefined;
  if (unwanted) {
    if (delivery.status === "queued") {
      delivery.attempts.push({ outcome: "skipped", reason: unwanted, carrierId: null });
      become(model, delivery, "skipped", unwanted);
    }
    return { outcome: "skipped", reason: unwanted };
  }

  if (delivery.status === "uncertain") {
    if (mayHaveArrived(delivery) >= MAX_REQUESTS) return done();
    if (model.now < delivery.since + RECEIPT_WAIT) return { outcome: "uncertain" };
  }
  delivery.attempts.push({ outcome: null, reason: null, carrierId: null });
  become(model, delivery, "sending");
  return { outcome: "send", attempt: delivery.attempts.length, patience };
}

/** @param number of the attempt, from 1 */
export function settle(
  model: Model,
  verification: ModelVerification,
  delivery: ModelDelivery,
  number: number,
  result: SendOutcome,
): void {
  const attempt = delivery.attempts[number - 1];
  if (!attempt || number <= delivery.attempts.length - ATTEMPTS_KEPT) return;
  const open = attempt.outcome === null;
  if (!open && attempt.reason !== "interrupted") return;
  const reason = result.outcome === "sent" ? null : result.reason;
  attempt.outcome = result.outcome;
  attempt.reason = reason;
  if (result.outcome === "sent") attempt.carrierId = result.carrierId;

  const surelySent = result.outcome === "sent" && !delivery.lost.has(result.carrierId);
  const decides = delivery.status === "uncertain" || (delivery.status === "sending" && (open || surelySent));
  if (!decides) return;
  if (result.outcome === "sent") become(model, delivery, "sent");
  else if (result.outcome === "uncertain" || mayHaveArrived(delivery) > delivery.lost.size) {
    become(model, delivery, "uncertain", reason);
  } else if (result.outcome === "retry") become(model, delivery, "queued", reason);
  else {
    become(model, delivery, "failed", reason);
    giveUpOn(model, verification, delivery);
  }
}

export function receive(
  model: Model,
  verification: ModelVerification,
  delivery: ModelDelivery,
  { status, reason, carrierId }: Omit<Receipt, "deliveryId">,
): void {
  if (status === "undelivered") {
    delivery.lost.add(carrierId);
    if (delivery.lost.size < mayHaveArrived(delivery)) return;
  }
  bringId(delivery, carrierId);
  if (advance(model, delivery, status, reason) && status === "undelivered") giveUpOn(model, verification, delivery);
}

export const escalate = (model: Model, verification: ModelVerification, delivery: ModelDelivery): boolean =>
  goOn(model, verification, delivery.step);
