import type { Texts } from "./texts.ts";

export const hi: Texts = {
  sms: "{code} आपका {brand} सत्यापन कोड है। इसे किसी को न बताएँ।",
};
