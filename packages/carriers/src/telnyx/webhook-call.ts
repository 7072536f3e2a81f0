import type { CallEvent } from "@watchword/otp-core";
import { type WebhookEvent, WebhookFormatError } from "../carrier.ts";
import { isTelnyxCallId } from "./ids.ts";
import type { TelnyxEvent } from "./webhook-event.ts";

interface CallPayload {
  call_control_id?: unknown;
  direction?: unknown;
  result?: unknown;
  status?: unknown;
  digits?: unknown;
  hangup_cause?: unknown;
}

type Said = Pick<CallEvent, "event" | "reason">;

/**
 * `payload.result` of both kinds of detection, as Telnyx documents them. `silence` counts as a machine: who has taken
 * over a voicemail box can give it a silent greeting, so a code is not spoken where nobody was heard.
 */
const DETECTED: ReadonlyMap<unknown, "person" | "machine"> = new Map(
  Object.entries({
    human: "person",
    human_residence: "person",
    human_business: "person",
    not_sure: "person",
    machine: "machine",
    fax_detected: "machine",
    silence: "machine",
  } as const),
);

/** `payload.hangup_cause`, as Telnyx documents them; any other is as good as none. */
const END_REASONS: ReadonlyMap<unknown, string> = new Map(
  Object.entries({
    normal_clearing: "completed",
    user_busy: "busy",
    no_answer: "no_answer",
    timeout: "no_answer",
    call_rejected: "rejected",
    not_found: "unreachable",
    time_limit: "time_limit",
    originator_cancel: "canceled",
    unspecified: "unspecified",
  }),
);

/** A gather ended by its own rules; where the call or a command ended it, the event of that follows. */
const LISTENED: ReadonlySet<unknown> = new Set(["valid", "invalid", "timeout"]);

const said = (event: CallEvent["event"]): Said => ({ event, reason: null });

const detected = ({ result }: CallPayload): Said | undefined => {
  const heard = DETECTED.get(result);
  return heard && said(heard);
};

/** What an event of each type says about the call; undefined where that is nothing that Watchword acts on. */
const READERS: ReadonlyMap<string, (payload: CallPayload) => Said | undefined> = new Map(
  Object.entries({
    "call.initiated": ({ direction }) => (direction === "incoming" ? undefined : said("ringing")),
    "call.answered": () => said("answered"),
    "call.machine.detection.ended": detected,
    "call.machine.premium.detection.ended": detected,
    "call.gather.ended": ({ status, digits }) =>
      LISTENED.has(status) ? said(digits === "1" ? "repeat" : "spoken") : undefined,
    "call.hangup": (payload) => ({ event: "ended", reason: END_REASONS.get(payload.hangup_cause) ?? "unspecified" }),
  } satisfies Record<string, (payload: CallPayload) => Said | undefined>),
);

/** Reads an event of a call. */
export function readCallEvent({ id, eventType, payload }: TelnyxEvent, deliveryId: string): WebhookEvent {
  const reader = READERS.get(eventType);
  if (!reader) return { type: "unsupported", eventType };
  const call = (payload ?? {}) as CallPayload;
  const { call_control_id: callId } = call;
  if (!isTelnyxCallId(callId)) throw new WebhookFormatError("the call has no id");
  const saying = reader(call);
  return saying
    ? { type: "call", eventId: id, event: { deliveryId, callId, ...saying } }
    : { type: "unsupported", eventType };
}
