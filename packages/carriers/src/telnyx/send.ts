import Telnyx from "telnyx";
import { Agent, fetch as undiciFetch } from "undici";
import type { SmsSender } from "../carrier.ts";
import { isTelnyxId } from "./ids.ts";
import { outcomeOfError } from "./outcome.ts";

export interface TelnyxOptions {
  apiKey: string;
  /** E.164 number, short code or alphanumeric sender. */
  from?: string | undefined;
  /** Chooses the sender from its number pool where `from` is not set. */
  messagingProfileId?: string | undefined;
  /** With the version, e.g. `https://api.telnyx.com/v2`. */
  baseUrl: string;
  /** After it the fate of a request is unknown. */
  timeoutMs: number;
  /** Most connections to the carrier at a time. */
  connections: number;
}

export interface TelnyxSender extends SmsSender {
  close(): Promise<void>;
}

/** Sends SMS with the official SDK (`POST /messages`). */
export function createTelnyxSender(options: TelnyxOptions): TelnyxSender {
  const agent = new Agent({
    connections: options.connections,
    keepAliveTimeout: 30_000,
    // Shorter than a request's time-out, so that a connection that never came about is known to be that.
    connect: { timeout: options.timeoutMs / 2 },
  });
  const client = new Telnyx({
    apiKey: options.apiKey,
    baseURL: options.baseUrl,
    timeout: options.timeoutMs,
    maxRetries: 0,
    logLevel: "off",
    // One pool of kept-alive connections; undici's types and the platform's describe the same objects.
    fetch: ((url: string, init: object) => undiciFetch(url, { ...init, dispatcher: agent })) as unknown as typeof fetch,
  });
  const sender = {
    ...(options.from && { from: options.from }),
    ...(options.messagingProfileId && { messaging_profile_id: options.messagingProfileId }),
  };
  return {
    async send({ to, text, webhookUrl }) {
      try {
        const answer = await client.messages.send(
          { ...sender, to, text, type: "SMS", webhook_url: webhookUrl, use_profile_webhooks: false },
          // The SDK's own time-out ends with the headers: an answer that drips in is as late as none.
          { signal: AbortSignal.timeout(options.timeoutMs) },
        );
        const carrierId = answer.data?.id;
        return isTelnyxId(carrierId)
          ? { outcome: "sent", carrierId }
          : { outcome: "uncertain", reason: "unexpected_answer" };
      } catch (error) {
        return outcomeOfError(error, Date.now());
      }
    },
    close: () => agent.close(),
  };
}
