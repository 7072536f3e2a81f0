import type { Texts } from "./texts.ts";

export const ar: Texts = {
  sms: "{code} رمز التحقق الخاص بك في {brand}. لا تشاركه مع أحد.",
};
