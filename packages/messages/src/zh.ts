import type { Texts } from "./texts.ts";

export const zh: Texts = {
  sms: "【{brand}】您的验证码是 {code}，请勿泄露给他人。",
};
