import type { Texts } from "./texts.ts";

export const tr: Texts = {
  sms: "{code}, {brand} onay kodunuz. Bu kodu kimseye vermeyin.",
  spoken:
    "Merhaba, {brand} arıyor. Onay kodunuz: {code}; tekrar ediyorum: {code}; yeniden dinlemek için 1 tuşuna basın.",
};
