import Telnyx from "telnyx";
import { TelnyxWebhookVerificationError } from "telnyx/lib/webhooks";
import { WebhookFormatError, type WebhookReader, WebhookSignatureError } from "../carrier.ts";
import { readCallEvent } from "./webhook-call.ts";
import { parseEvent } from "./webhook-event.ts";
import { readMessageEvent } from "./webhook-message.ts";

/**
 * Reads Telnyx's webhooks: Ed25519 over `timestamp|body`, at most five minutes old, checked by the official SDK.
 * @param publicKey base64, as the Telnyx portal shows it.
 */
export function createTelnyxWebhookReader(publicKey: string): WebhookReader {
  // The key of the account is not needed to verify, and the API has none; the SDK wants some text.
  const { webhooks } = new Telnyx({ apiKey: "unused", publicKey, maxRetries: 0, logLevel: "off" });
  return {
    async read(rawBody, headers, deliveryId) {
      let body: unknown;
      try {
        body = await webhooks.unwrap(rawBody, { headers });
      } catch (error) {
        if (error instanceof TelnyxWebhookVerificationError)
          throw new WebhookSignatureError(error.message, { cause: error });
        if (error instanceof SyntaxError) throw new WebhookFormatError("the body is not JSON", { cause: error });
        throw error;
      }
      const event = parseEvent(body);
      switch (event.eventType) {
        case "message.sent":
        case "message.finalized":
          return readMessageEvent(event, deliveryId);
        default:
          return readCallEvent(event, deliveryId);
      }
    },
  };
}
