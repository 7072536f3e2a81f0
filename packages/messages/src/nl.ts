import type { Texts } from "./texts.ts";

export const nl: Texts = {
  sms: "{code} is je code voor {brand}. Deel deze met niemand.",
};
