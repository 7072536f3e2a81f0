import type { Texts } from "./texts.ts";

export const pl: Texts = {
  sms: "{code} to kod weryfikacyjny {brand}. Nie podawaj go innym.",
  sms_context: "{code} zatwierdza {amount} dla {payee} ({brand}). Nie podawaj go innym.",
  spoken:
    "Dzień dobry, tu {brand}. Twój kod weryfikacyjny to: {code}; powtarzam: {code}; naciśnij 1, aby usłyszeć go ponownie.",
  spoken_context: "Ta rozmowa dotyczy kwoty {amount}, odbiorca: {payee}.",
};
