import type { SmsSender, WebhookReader } from "./carrier.ts";
import { createTelnyxSender, type TelnyxOptions } from "./telnyx/send.ts";
import { createTelnyxWebhookReader } from "./telnyx/webhook.ts";

/** What a carrier brings. A carrier exists because it is in this list. */
export const carriers = {
  telnyx: { createSmsSender: createTelnyxSender, createWebhookReader: createTelnyxWebhookReader },
} satisfies Record<
  string,
  {
    createSmsSender: (options: TelnyxOptions) => SmsSender & { close(): Promise<void> };
    createWebhookReader: (publicKey: string) => WebhookReader;
  }
>;

export type CarrierName = keyof typeof carriers;
