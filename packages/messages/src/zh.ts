import type { Texts } from "./texts.ts";

export const zh: Texts = {
  sms: "【{brand}】您的验证码是 {code}，请勿泄露给他人。",
  spoken: "您好，这里是{brand}。您的验证码是：{code}。重复一遍：{code}。再听一遍请按 1。",
};
