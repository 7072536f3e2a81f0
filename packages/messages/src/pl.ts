import type { Texts } from "./texts.ts";

export const pl: Texts = {
  sms: "{code} to kod weryfikacyjny {brand}. Nie podawaj go innym.",
};
