import type { Texts } from "./texts.ts";

export const es: Texts = {
  sms: "{code} es tu código de {brand}. No lo compartas con nadie.",
  spoken:
    "Hola, llamamos de {brand}. Tu código de verificación es: {code}; repetimos: {code}; pulsa 1 para volver a escucharlo.",
};
