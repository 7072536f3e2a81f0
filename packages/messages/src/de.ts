import type { Texts } from "./texts.ts";

export const de: Texts = {
  sms: "{code} ist Ihr Code für {brand}. Bitte nicht weitergeben.",
};
