import type { CallEvent, Receipt, SendOutcome } from "@watchword/otp-core";

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

export interface OutgoingCall {
  /** E.164. */
  to: string;
  /** Where the carrier reports what becomes of the call; it holds the delivery's id. */
  webhookUrl: string;
  /** Repeating an order with the same id within 60 s does nothing. */
  commandId: string;
}

export interface SpeakCommand {
  callId: string;
  commandId: string;
  text: string;
  /** E.g. `en-US`, of the messages' voice table. */
  language: string;
  voice: string;
}

/** What became of one command to a call. */
export type CommandOutcome =
  | { outcome: "done" }
  /** It may or may not have arrived, or may be taken later: a command with the same id has one effect. */
  | { outcome: "retry"; reason: string; carrierCode?: string; retryAfterMs?: number }
  /** The call no longer exists. */
  | { outcome: "over"; reason: string }
  /** It surely never will be taken. */
  | { outcome: "failed"; reason: string; carrierCode?: string };

/** Never throws; never retries by itself. */
export interface Caller {
  /** Dials with answering-machine detection. `sent` holds the call's id. Same outcomes as an SMS. */
  dial(call: OutgoingCall): Promise<SendOutcome>;
  /** Speaks, then listens a few seconds for the key 1. */
  speak(command: SpeakCommand): Promise<CommandOutcome>;
  hangUp(command: { callId: string; commandId: string }): Promise<CommandOutcome>;
  close(): Promise<void>;
}

export type WebhookEvent =
  | { type: "receipt"; eventId: string; receipt: Receipt }
  | { type: "call"; eventId: string; event: CallEvent }
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
