export { problemOfOwnText } from "./check-own-text.ts";
export { type Language, languages } from "./languages.ts";
export { matchLanguage } from "./locales.ts";
export type { OwnTexts } from "./own-texts.ts";
export { countSegments, type SegmentCount } from "./segments.ts";
export { renderSms, type SmsContent } from "./sms.ts";
export { renderSpoken, type Spoken, type SpokenContent } from "./spoken.ts";
