import type { Texts } from "./texts.ts";

export const ar: Texts = {
  sms: "{code} رمز التحقق الخاص بك في {brand}. لا تشاركه مع أحد.",
  spoken: "مرحبًا، معك {brand}. رمز التحقق الخاص بك هو: {code}؛ أكرر: {code}؛ اضغط 1 لسماعه مرة أخرى.",
};
