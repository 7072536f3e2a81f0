import type { CallEvent } from "../deliveries/call-event.ts";
import {
  advance,
  bringId,
  giveUpOn,
  mayHaveArrived,
  type Model,
  type ModelCall,
  type ModelDelivery,
  type ModelVerification,
} from "./reference.fixture.ts";

const MAX_SPEAKS = 4;

export interface ModelCommand {
  action: "none" | "hang_up" | "speak";
  times?: number;
}

function loseCall(
  model: Model,
  verification: ModelVerification,
  delivery: ModelDelivery,
  callId: string,
  why: string | null,
): void {
  delivery.lost.add(callId);
  if (delivery.lost.size < mayHaveArrived(delivery)) return;
  if (advance(model, delivery, "undelivered", why)) giveUpOn(model, verification, delivery);
}

/** What an event led to could not be spoken; why, where that is sure. */
export function failToSpeak(
  model: Model,
  verification: ModelVerification,
  delivery: ModelDelivery,
  { callId, eventId }: { callId: string; eventId: string },
  why: string | null,
): ModelCommand {
  const call = delivery.calls.get(callId) ?? { phase: "dialed", speaks: 0, eventId: "" };
  bringId(delivery, callId);
  if (call.phase !== "over") advance(model, delivery, "sent", null);
  if (call.speaks === 1) {
    delivery.calls.set(callId, { phase: call.phase, speaks: 0, eventId });
    if (why !== null) loseCall(model, verification, delivery, callId, why);
  }
  return { action: call.phase === "over" ? "none" : "hang_up" };
}

/** What is to be done in a call. */
export function hear(
  model: Model,
  verification: ModelVerification,
  delivery: ModelDelivery,
  { callId, event, reason, eventId }: Omit<CallEvent, "deliveryId"> & { eventId: string },
): ModelCommand {
  const call = delivery.calls.get(callId) ?? { phase: "dialed", speaks: 0, eventId: "" };
  const pending = verification.status === "pending";
  const again = call.eventId === eventId;
  bringId(delivery, callId);
  if (call.phase === "over") {
    if (call.speaks > 0 && (event === "spoken" || event === "repeat")) advance(model, delivery, "delivered", null);
    return { action: "none" };
  }
  advance(model, delivery, "sent", null);

  const enter = (phase: ModelCall["phase"], speaks = call.speaks) => {
    delivery.calls.set(callId, { phase, speaks, eventId });
  };
  const lose = (why: string | null) => loseCall(model, verification, delivery, callId, why);
  const speak = (times: number): ModelCommand => {
    if (!pending) return { action: "hang_up" };
    enter("speaking", times);
    return { action: "speak", times };
  };

  switch (event) {
    case "ringing":
      return { action: "none" };
    case "answered":
      if (call.phase === "dialed") enter("answered");
      return { action: pending ? "none" : "hang_up" };
    case "machine":
      if (call.speaks > 0) return { action: "none" };
      lose("machine");
      enter("machine");
      return { action: "hang_up" };
    case "person":
      if (call.phase === "dialed" || call.phase === "answered") return speak(1);
      return call.phase === "speaking" && again ? speak(Math.max(1, call.speaks)) : { action: "none" };
    case "spoken":
      if (call.phase !== "speaking") return { action: "none" };
      advance(model, delivery, "delivered", null);
      return { action: "hang_up" };
    case "repeat":
      if (call.phase !== "speaking") return { action: "none" };
      advance(model, delivery, "delivered", null);
      if (again) return speak(call.speaks);
      return call.speaks < MAX_SPEAKS ? speak(call.speaks + 1) : { action: "hang_up" };
    case "ended":
      if (call.speaks > 0) advance(model, delivery, "unconfirmed", "hung_up");
      else if (call.phase === "speaking") lose("not_spoken");
      else if (call.phase !== "machine") lose(reason === "completed" ? "hung_up" : reason);
      enter("over");
      return { action: "none" };
  }
}
