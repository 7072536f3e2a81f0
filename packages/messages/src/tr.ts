import type { Texts } from "./texts.ts";

export const tr: Texts = {
  sms: "{code}, {brand} onay kodunuz. Bu kodu kimseye vermeyin.",
  sms_context: "{code}: {payee}, {amount} onay kodunuz ({brand}). Kimseye vermeyin.",
  spoken:
    "Merhaba, {brand} arıyor. Onay kodunuz: {code}; tekrar ediyorum: {code}; yeniden dinlemek için 1 tuşuna basın.",
  spoken_context: "Bu arama, {payee} için {amount} tutarındaki ödemenizle ilgilidir.",
};
