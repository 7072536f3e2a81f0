import type { Texts } from "./texts.ts";

export const ko: Texts = {
  sms: "[{brand}] 인증번호 {code}. 타인에게 알려주지 마세요.",
  spoken:
    "안녕하세요, {brand}입니다. 인증번호는 {code}, 입니다. 다시 말씀드립니다. {code}, 입니다. 다시 들으시려면 1번을 눌러 주세요.",
};
