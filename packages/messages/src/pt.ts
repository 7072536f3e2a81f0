import type { Texts } from "./texts.ts";

export const pt: Texts = {
  sms: "{code} é o seu código {brand}. Não o divulgue a ninguém.",
};
