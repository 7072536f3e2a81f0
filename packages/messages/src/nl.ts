import type { Texts } from "./texts.ts";

export const nl: Texts = {
  sms: "{code} is je code voor {brand}. Deel deze met niemand.",
  sms_context: "{code} keurt de betaling van {amount} aan {payee} goed ({brand}). Deel deze met niemand.",
  spoken: "Hallo, dit is {brand}. Je code is: {code}; nog een keer: {code}; druk op 1 om de code opnieuw te horen.",
  spoken_context: "Dit gesprek gaat over uw betaling van {amount} aan {payee}.",
};
