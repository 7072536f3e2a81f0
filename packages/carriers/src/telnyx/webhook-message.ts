import type { Receipt } from "@watchword/otp-core";
import { type WebhookEvent, WebhookFormatError } from "../carrier.ts";
import { telnyxError } from "./errors.ts";
import { isTelnyxId } from "./ids.ts";
import type { TelnyxEvent } from "./webhook-event.ts";

/** `payload.to[].status` of a message event, as Telnyx documents them. */
const STATUSES: ReadonlyMap<string, Receipt["status"]> = new Map(
  Object.entries({
    queued: "sent",
    sending: "sent",
    sent: "sent",
    delivered: "delivered",
    delivery_failed: "undelivered",
    sending_failed: "undelivered",
    expired: "undelivered",
    delivery_unconfirmed: "unconfirmed",
  } as const),
);

interface MessagePayload {
  id?: unknown;
  to?: { status?: unknown }[];
  errors?: { code?: unknown }[];
}

/** Reads `message.sent` and `message.finalized`; both tell the message's status. */
export function readMessageEvent({ id, eventType, payload }: TelnyxEvent, deliveryId: string): WebhookEvent {
  const message = payload as MessagePayload | undefined;
  const status = STATUSES.get(String(message?.to?.[0]?.status));
  if (!status) return { type: "unsupported", eventType };
  if (!isTelnyxId(message?.id)) throw new WebhookFormatError("the message has no id");
  const known = telnyxError(String(message.errors?.[0]?.code));
  const reason = status === "undelivered" ? (known?.reason ?? "not_delivered") : null;
  return { type: "receipt", eventId: id, receipt: { deliveryId, status, reason, carrierId: message.id } };
}
