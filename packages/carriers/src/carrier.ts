import type { Receipt, SendOutcome } from "@watchword/otp-core";

export interface SmsMessage {
  /** E.164. */
  to: string;
  text: string;
  /** Where the carrier reports what became of the message; it holds the delivery's id. */
  webhookUrl: string;
}

/** Sends through a carrier's own SDK, without retries of its own: the queue retries. Never throws. */
export interface SmsSender {
  send(message: SmsMessage): Promise<SendOutcome>;
}

export type WebhookEvent =
  | { type: "receipt"; eventId: string; receipt: Receipt }
  /** Genuine, but nothing that Watchword acts on. */
  | { type: "unsupported"; eventType: string };

/** The webhook is not the carrier's: its signature is missing, wrong or older than five minutes. */
export class WebhookSignatureError extends Error {
  override name = "WebhookSignatureError";
}

/** The webhook is the carrier's, but not of a shape that it documents. */
export class WebhookFormatError extends Error {
  override name = "WebhookFormatError";
}

export interface WebhookReader {
  /**
   * Verifies, then parses.
   * @param rawBody the body's bytes as they came
   * @throws {WebhookSignatureError | WebhookFormatError}
   */
  read(rawBody: string, headers: Record<string, string>, deliveryId: string): Promise<WebhookEvent>;
}
