import type { Caller, SmsSender, WebhookReader } from "./carrier.ts";
import { createTelnyxCaller } from "./telnyx/call.ts";
import { createTelnyxSender } from "./telnyx/send.ts";
import { createTelnyxWebhookReader } from "./telnyx/webhook.ts";

/** Each carrier names the options that it takes: `never` accepts a function of any of them. */
interface Carrier {
  createSmsSender: (options: never) => SmsSender & { close(): Promise<void> };
  createCaller?: (options: never) => Caller;
  createWebhookReader: (publicKey: string) => WebhookReader;
}

/** What a carrier brings. A carrier exists because it is in this list. */
export const carriers = {
  telnyx: {
    createSmsSender: createTelnyxSender,
    createCaller: createTelnyxCaller,
    createWebhookReader: createTelnyxWebhookReader,
  },
} satisfies Record<string, Carrier>;

export type CarrierName = keyof typeof carriers;
