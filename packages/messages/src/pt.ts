import type { Texts } from "./texts.ts";

export const pt: Texts = {
  sms: "{code} é o seu código {brand}. Não o divulgue a ninguém.",
  sms_context: "{code} autoriza o pagamento de {amount} a {payee} ({brand}). Nunca o divulgue.",
  spoken:
    "Olá, esta é uma chamada de {brand}. O seu código de verificação é: {code}; repetindo: {code}; pressione 1 para ouvir de novo.",
  spoken_context: "Esta chamada é sobre o seu pagamento de {amount} a {payee}.",
};
