import type { SmsSender } from "@watchword/carriers";
import { type OwnTexts, renderSms } from "@watchword/messages";
import type { Lane } from "./deliver.ts";

/** What an application has the messages say. */
export interface Sayings {
  brand: string;
  /** Binds the code to this website in the last line of an SMS. */
  autofillHost?: string | undefined;
  /** Its own texts. */
  texts?: OwnTexts | undefined;
}

export interface SmsDeps {
  sender: SmsSender;
  /** Undefined for an application that this process does not know. */
  sayings: (applicationId: string) => Sayings | undefined;
  /** Where a carrier posts the receipt of a delivery. */
  webhookUrl: (deliveryId: string) => string;
}

/** Writes the code in the person's language and sends it. */
export const smsLane =
  ({ sender, sayings, webhookUrl }: SmsDeps): Lane["send"] =>
  ({ phone, code, context, locale, applicationId }, deliveryId) => {
    const said = sayings(applicationId);
    if (!said) return Promise.resolve({ outcome: "retry", reason: "application_unknown" });
    const { brand, autofillHost, texts } = said;
    const text = renderSms({ code, brand, locale, host: autofillHost, context, texts });
    return sender.send({ to: phone, text, webhookUrl: webhookUrl(deliveryId) });
  };
