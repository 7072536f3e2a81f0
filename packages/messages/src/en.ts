import type { Texts } from "./texts.ts";

export const en: Texts = {
  sms: "{code} is your {brand} verification code. Don't share it.",
};
