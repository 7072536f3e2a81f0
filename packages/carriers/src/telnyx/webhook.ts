import type { Receipt } from "@watchword/otp-core";
import Telnyx from "telnyx";
import { TelnyxWebhookVerificationError } from "telnyx/lib/webhooks";
import { type WebhookEvent, WebhookFormatError, type WebhookReader, WebhookSignatureError } from "../carrier.ts";
import { isTelnyxId } from "./ids.ts";
import { telnyxError } from "./errors.ts";

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

interface MessageEvent {
  data?: {
    id?: unknown;
    event_type?: unknown;
    payload?: { id?: unknown; to?: { status?: unknown }[]; errors?: { code?: unknown }[] };
  };
}

function parse(event: MessageEvent, deliveryId: string): WebhookEvent {
  const { id, event_type: eventType, payload } = event.data ?? {};
  if (typeof eventType !== "string" || !isTelnyxId(id)) throw new WebhookFormatError("the event has no id or no type");
  if (eventType !== "message.sent" && eventType !== "message.finalized") return { type: "unsupported", eventType };

  const status = STATUSES.get(String(payload?.to?.[0]?.status));
  if (!status) return { type: "unsupported", eventType };
  if (!isTelnyxId(payload?.id)) throw new WebhookFormatError("the message has no id");
  const known = telnyxError(String(payload.errors?.[0]?.code));
  const reason = status === "undelivered" ? (known?.reason ?? "not_delivered") : null;
  return { type: "receipt", eventId: id, receipt: { deliveryId, status, reason, carrierId: payload.id } };
}

/**
 * Reads Telnyx's webhooks: Ed25519 over `timestamp|body`, at most five minutes old, checked by the official SDK.
 * @param publicKey base64, as the Telnyx portal shows it.
 */
export function createTelnyxWebhookReader(publicKey: string): WebhookReader {
  // The key of the account is not needed to verify, and the API has none; the SDK wants some text.
  const { webhooks } = new Telnyx({ apiKey: "unused", publicKey, maxRetries: 0, logLevel: "off" });
  return {
    async read(rawBody, headers, deliveryId) {
      let event: unknown;
      try {
        event = await webhooks.unwrap(rawBody, { headers });
      } catch (error) {
        if (error instanceof TelnyxWebhookVerificationError)
          throw new WebhookSignatureError(error.message, { cause: error });
        if (error instanceof SyntaxError) throw new WebhookFormatError("the body is not JSON", { cause: error });
        throw error;
      }
      if (typeof event !== "object" || event === null) throw new WebhookFormatError("the body is not an object");
      return parse(event, deliveryId);
    },
  };
}
