import type { SmsSender } from "@watchword/carriers";
import { renderSms } from "@watchword/messages";
import type { Lane } from "./deliver.ts";

export interface SmsDeps {
  sender: SmsSender;
  brand: string;
  /** Binds the code to this website in the last line of the message. */
  autofillHost?: string | undefined;
  /** Where a carrier posts the receipt of a delivery. */
  webhookUrl: (deliveryId: string) => string;
}

/** Writes the code in the person's language and sends it. */
export const smsLane =
  ({ sender, brand, autofillHost, webhookUrl }: SmsDeps): Lane["send"] =>
  ({ phone, code, locale }, deliveryId) =>
    sender.send({
      to: phone,
      text: renderSms({ code, brand, locale, host: autofillHost }),
      webhookUrl: webhookUrl(deliveryId),
    });
