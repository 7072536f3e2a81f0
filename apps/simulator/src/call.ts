import { randomBytes, randomUUID } from "node:crypto";
import { BoundedMap } from "./bounded-map.ts";
import { type CallBehaviour, callBehaviour } from "./behaviours.ts";
import type { DialRequest } from "./call-requests.ts";
import type { PhoneCall } from "./phones.ts";
import { webhookUrls } from "./webhook-url.ts";
import { type TelnyxEvent, type WebhookTarget, createEvent } from "./webhooks.ts";

/** A call leg. What changes during the call is not readonly. */
export interface Call {
  readonly controlId: string;
  readonly legId: string;
  readonly sessionId: string;
  readonly dialled: DialRequest;
  readonly behaviour: CallBehaviour;
  readonly target: WebhookTarget;
  readonly startedAt: string;
  /** When each command id was last given, in milliseconds. */
  readonly commandTimes: BoundedMap<string, number>;
  state: "ringing" | "answered" | "ended";
  clientState: string | null;
  onPhone: PhoneCall;
  cancelTimeLimit: () => void;
  /** Settles when all webhooks so far are sent: they go in order. */
  outbox: Promise<void>;
}

const rememberedCommands = 100;

export type CallEnd =
  | "hung_up"
  | "hung_up_by_person"
  | "canceled"
  | "time_limit"
  | "busy"
  | "unanswered"
  | "ring_aborted";

const hangups = {
  hung_up: { hangup_cause: "normal_clearing", hangup_source: "caller", sip_hangup_cause: "200" },
  hung_up_by_person: { hangup_cause: "normal_clearing", hangup_source: "callee", sip_hangup_cause: "200" },
  canceled: { hangup_cause: "originator_cancel", hangup_source: "caller", sip_hangup_cause: "487" },
  time_limit: { hangup_cause: "time_limit", hangup_source: "unknown", sip_hangup_cause: "unspecified" },
  busy: { hangup_cause: "user_busy", hangup_source: "callee", sip_hangup_cause: "486" },
  unanswered: { hangup_cause: "timeout", hangup_source: "caller", sip_hangup_cause: "487" },
  // Telnyx words the same end so where the dial has retry_on_timeout false.
  ring_aborted: { hangup_cause: "no_answer", hangup_source: "caller", sip_hangup_cause: "487" },
} as const satisfies Record<CallEnd, object>;

export function createCall(dialled: DialRequest, nowMs: number): Call {
  const behaviour = callBehaviour(dialled.to);
  const controlId = `v3:${randomBytes(39).toString("base64url")}`;
  const startedAt = new Date(nowMs).toISOString();
  return {
    controlId,
    legId: randomUUID(),
    sessionId: randomUUID(),
    dialled,
    behaviour,
    target: { urls: webhookUrls(dialled), manner: behaviour.webhooks },
    startedAt,
    commandTimes: new BoundedMap(rememberedCommands),
    state: "ringing",
    clientState: dialled.client_state ?? null,
    onPhone: { id: controlId, to: dialled.to, status: "ringing", spoken: [], at: startedAt },
    cancelTimeLimit: () => {},
    outbox: Promise.resolve(),
  };
}

/** Telnyx's answer to a dial. */
export function dialAnswer(call: Call): object {
  return {
    data: {
      record_type: "call",
      ...ids(call),
      ...(call.clientState !== null && { client_state: call.clientState }),
      // Dialling is asynchronous: Telnyx always says false here.
      is_alive: false,
      start_time: call.startedAt,
    },
  };
}

export function initiated(call: Call, nowMs: number): TelnyxEvent {
  const { startedAt } = call;
  return event(call, "call.initiated", { direction: "outgoing", start_time: startedAt, state: "bridging" }, nowMs);
}

export function answered(call: Call, nowMs: number): TelnyxEvent {
  return event(call, "call.answered", { start_time: call.startedAt, state: "answered" }, nowMs);
}

/** Nothing when the dial did not ask for answering machine detection. */
export function detectionEnded(call: Call, nowMs: number): TelnyxEvent[] {
  const isMachine = call.behaviour.pickedUpBy === "machine";
  switch (call.dialled.answering_machine_detection) {
    case "disabled":
      return [];
    case "premium": {
      const result = isMachine ? "machine" : "human_residence";
      return [event(call, "call.machine.premium.detection.ended", { result }, nowMs)];
    }
    default: {
      const result = isMachine ? "machine" : "human";
      return [event(call, "call.machine.detection.ended", { result }, nowMs)];
    }
  }
}

/** What a person did with a text that asked for a key. */
export interface Gathered {
  readonly digits: string;
  readonly status: "valid" | "invalid" | "timeout" | "call_hangup";
}

export function speakEnded(call: Call, status: "completed" | "call_hangup", nowMs: number): TelnyxEvent {
  const payload = { ...ids(call), connection_id: call.dialled.connection_id, client_state: call.clientState };
  return createEvent("call.speak.ended", { ...payload, status }, new Date(nowMs).toISOString());
}

export function gatherEnded(call: Call, gathered: Gathered, nowMs: number): TelnyxEvent {
  return event(call, "call.gather.ended", { ...gathered }, nowMs);
}

export function hungUp(call: Call, end: CallEnd, nowMs: number): TelnyxEvent {
  const details = { start_time: call.startedAt, state: "hangup", ...hangups[end] };
  return event(call, "call.hangup", details, nowMs);
}

function event(call: Call, type: string, details: object, nowMs: number): TelnyxEvent {
  const { connection_id, from, to } = call.dialled;
  const payload = { ...ids(call), connection_id, client_state: call.clientState, from, to, ...details };
  return createEvent(type, payload, new Date(nowMs).toISOString());
}

function ids(call: Call): { call_control_id: string; call_leg_id: string; call_session_id: string } {
  return { call_control_id: call.controlId, call_leg_id: call.legId, call_session_id: call.sessionId };
}
