import type { Texts } from "./texts.ts";

export const fr: Texts = {
  sms: "{code} est votre code {brand}. Ne le donnez à personne.",
};
