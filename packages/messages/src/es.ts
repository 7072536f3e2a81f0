import type { Texts } from "./texts.ts";

export const es: Texts = {
  sms: "{code} es tu código de {brand}. No lo compartas con nadie.",
  sms_context: "{code} autoriza el pago de {amount} a {payee} ({brand}). No lo compartas.",
  spoken:
    "Hola, llamamos de {brand}. Tu código de verificación es: {code}; repetimos: {code}; pulsa 1 para volver a escucharlo.",
  spoken_context: "Esta llamada es sobre su pago de {amount} a {payee}.",
};
