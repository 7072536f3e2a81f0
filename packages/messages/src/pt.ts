import type { Texts } from "./texts.ts";

export const pt: Texts = {
  sms: "{code} é o seu código {brand}. Não o divulgue a ninguém.",
  spoken:
    "Olá, esta é uma chamada de {brand}. O seu código de verificação é: {code}; repetindo: {code}; pressione 1 para ouvir de novo.",
};
