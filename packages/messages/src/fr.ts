import type { Texts } from "./texts.ts";

export const fr: Texts = {
  sms: "{code} est votre code {brand}. Ne le donnez à personne.",
  sms_context: "{code} autorise le paiement de {amount} à {payee} ({brand}). Ne le donnez à personne.",
  spoken:
    "Bonjour, ici {brand}. Votre code de vérification est : {code} ; je répète : {code} ; appuyez sur 1 pour le réécouter.",
  spoken_context: "Cet appel concerne votre paiement de {amount} à {payee}.",
};
