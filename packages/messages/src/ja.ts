import type { Texts } from "./texts.ts";

export const ja: Texts = {
  sms: "{code} は {brand} の認証コードです。他人に教えないでください。",
};
