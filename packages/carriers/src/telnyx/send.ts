import type { SmsSender } from "../carrier.ts";
import { connectTelnyx, type TelnyxOptions } from "./client.ts";
import { isTelnyxId } from "./ids.ts";
import { outcomeOfError } from "./outcome.ts";

export interface TelnyxSender extends SmsSender {
  close(): Promise<void>;
}

/** No carrier keeps a message for longer than a day: what says so is not to be taken at its word. */
const MAX_HELD_SECONDS = 86_400;

/** What exceeds Telnyx's own rate limits waits there, for up to four hours: `wait_seconds` of its answer, in ms. */
const heldFor = (waitSeconds: unknown): number =>
  typeof waitSeconds === "number" && waitSeconds > 0 ? Math.round(Math.min(waitSeconds, MAX_HELD_SECONDS) * 1000) : 0;

/** Sends SMS with the official SDK (`POST /messages`). */
export function createTelnyxSender(options: TelnyxOptions): TelnyxSender {
  const { client, close } = connectTelnyx(options);
  const sender = {
    ...(options.from && { from: options.from }),
    ...(options.messagingProfileId && { messaging_profile_id: options.messagingProfileId }),
  };
  return {
    async send({ to, text, webhookUrl }) {
      try {
        const answer = await client.messages.send({
          ...sender,
          to,
          text,
          type: "SMS",
          webhook_url: webhookUrl,
          use_profile_webhooks: false,
        });
        const carrierId = answer.data?.id;
        if (!isTelnyxId(carrierId)) return { outcome: "uncertain", reason: "unexpected_answer" };
        const heldMs = heldFor(answer.data?.wait_seconds);
        return { outcome: "sent", carrierId, ...(heldMs > 0 && { heldMs }) };
      } catch (error) {
        return outcomeOfError(error, Date.now());
      }
    },
    close,
  };
}
