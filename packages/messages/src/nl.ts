import type { Texts } from "./texts.ts";

export const nl: Texts = {
  sms: "{code} is je code voor {brand}. Deel deze met niemand.",
  spoken: "Hallo, dit is {brand}. Je code is: {code}; nog een keer: {code}; druk op 1 om de code opnieuw te horen.",
};
