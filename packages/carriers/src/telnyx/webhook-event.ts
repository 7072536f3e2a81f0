import { WebhookFormatError } from "../carrier.ts";
import { isTelnyxId } from "./ids.ts";

/** What every webhook of Telnyx has; nothing of `payload` is known yet. */
export interface TelnyxEvent {
  id: string;
  eventType: string;
  payload: unknown;
}

/** @throws {WebhookFormatError} where the body is not an event of Telnyx's form */
export function parseEvent(body: unknown): TelnyxEvent {
  if (typeof body !== "object" || body === null) throw new WebhookFormatError("the body is not an object");
  const { data } = body as { data?: { id?: unknown; event_type?: unknown; payload?: unknown } | null };
  const { id, event_type: eventType, payload } = data ?? {};
  if (typeof eventType !== "string" || !isTelnyxId(id)) throw new WebhookFormatError("the event has no id or no type");
  return { id, eventType, payload };
}
