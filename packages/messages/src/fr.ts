import type { Texts } from "./texts.ts";

export const fr: Texts = {
  sms: "{code} est votre code {brand}. Ne le donnez à personne.",
  spoken:
    "Bonjour, ici {brand}. Votre code de vérification est : {code} ; je répète : {code} ; appuyez sur 1 pour le réécouter.",
};
