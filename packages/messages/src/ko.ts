import type { Texts } from "./texts.ts";

export const ko: Texts = {
  sms: "[{brand}] 인증번호 {code}. 타인에게 알려주지 마세요.",
};
