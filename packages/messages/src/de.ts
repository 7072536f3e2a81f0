import type { Texts } from "./texts.ts";

export const de: Texts = {
  sms: "{code} ist Ihr Code für {brand}. Bitte nicht weitergeben.",
  sms_context: "{code} gibt die Zahlung von {amount} an {payee} frei ({brand}). Bitte nicht weitergeben.",
  spoken:
    "Guten Tag, hier ist {brand}. Ihr Code lautet: {code}; ich wiederhole: {code}; drücken Sie die 1, um ihn noch einmal zu hören.",
  spoken_context: "Es geht um Ihre Zahlung von {amount} an {payee}.",
};
