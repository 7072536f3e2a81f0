import type { Texts } from "./texts.ts";

export const ja: Texts = {
  sms: "{code} は {brand} の認証コードです。他人に教えないでください。",
  sms_context: "{code} は {payee} への {amount} の支払承認コードです（{brand}）",
  spoken:
    "こんにちは、{brand} です。認証コードは、{code}、です。繰り返します。{code}、です。もう一度聞くには 1 を押してください。",
  spoken_context: "{payee} への {amount} のお支払いについてのお電話です。",
};
