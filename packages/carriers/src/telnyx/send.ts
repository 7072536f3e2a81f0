import type { SmsSender } from "../carrier.ts";
import { connectTelnyx, type TelnyxOptions } from "./client.ts";
import { isTelnyxId } from "./ids.ts";
import { outcomeOfError } from "./outcome.ts";

export interface TelnyxSender extends SmsSender {
  close(): Promise<void>;
}

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
        return isTelnyxId(carrierId)
          ? { outcome: "sent", carrierId }
          : { outcome: "uncertain", reason: "unexpected_answer" };
      } catch (error) {
        return outcomeOfError(error, Date.now());
      }
    },
    close,
  };
}
