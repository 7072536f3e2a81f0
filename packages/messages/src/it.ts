import type { Texts } from "./texts.ts";

export const it: Texts = {
  sms: "{code} è il codice di verifica {brand}. Non condividerlo.",
};
