import type { Texts } from "./texts.ts";

export const en: Texts = {
  sms: "{code} is your {brand} verification code. Don't share it.",
  spoken: "Hello, this is {brand}. Your verification code is: {code}; once more: {code}; press 1 to hear it again.",
};
