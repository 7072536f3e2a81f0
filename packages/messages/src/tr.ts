import type { Texts } from "./texts.ts";

export const tr: Texts = {
  sms: "{code}, {brand} onay kodunuz. Bu kodu kimseye vermeyin.",
};
