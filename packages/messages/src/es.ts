import type { Texts } from "./texts.ts";

export const es: Texts = {
  sms: "{code} es tu código de {brand}. No lo compartas con nadie.",
};
