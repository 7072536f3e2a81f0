import type { Texts } from "./texts.ts";

export const it: Texts = {
  sms: "{code} è il codice di verifica {brand}. Non condividerlo.",
  sms_context: "{code} autorizza il pagamento di {amount} a {payee} ({brand}). Non condividerlo.",
  spoken:
    "Buongiorno, qui è {brand}. Il codice di verifica è: {code}; ripeto: {code}; premi 1 per ascoltarlo di nuovo.",
  spoken_context: "Questa chiamata riguarda il suo pagamento di {amount} a {payee}.",
};
