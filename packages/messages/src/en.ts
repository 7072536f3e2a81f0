import type { Texts } from "./texts.ts";

export const en: Texts = {
  sms: "{code} is your {brand} verification code. Don't share it.",
  sms_context: "{code} approves your payment of {amount} to {payee} ({brand}). Don't share it.",
  spoken: "Hello, this is {brand}. Your verification code is: {code}; once more: {code}; press 1 to hear it again.",
  spoken_context: "This call is about your payment of {amount} to {payee}.",
};
