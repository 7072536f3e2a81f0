import type { Texts } from "./texts.ts";

export const ko: Texts = {
  sms: "[{brand}] 인증번호 {code}. 타인에게 알려주지 마세요.",
  sms_context: "[{brand}] {payee}에 {amount} 결제 승인번호 {code}",
  spoken:
    "안녕하세요, {brand}입니다. 인증번호는 {code}, 입니다. 다시 말씀드립니다. {code}, 입니다. 다시 들으시려면 1번을 눌러 주세요.",
  spoken_context: "{payee}에 대한 {amount} 결제 관련 전화입니다.",
};
