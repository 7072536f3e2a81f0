import type { Texts } from "./texts.ts";

export const zh: Texts = {
  sms: "【{brand}】您的验证码是 {code}，请勿泄露给他人。",
  sms_context: "【{brand}】向 {payee} 付款 {amount}，验证码 {code}，请勿泄露。",
  spoken: "您好，这里是{brand}。您的验证码是：{code}。重复一遍：{code}。再听一遍请按 1。",
  spoken_context: "这是关于您向 {payee} 付款 {amount} 的来电。",
};
