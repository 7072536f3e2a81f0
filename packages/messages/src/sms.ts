import { fillIn } from "./fill-in.ts";
import { textsByLanguage } from "./languages.ts";
import { matchLanguage } from "./locales.ts";

/** `locale` is any BCP 47 tag. `host` is a bare domain name: no scheme, no port, no path. */
export interface SmsContent {
  readonly code: string;
  readonly brand: string;
  readonly locale: string;
  readonly host?: string | undefined;
}

/**
 * The text of a verification SMS in the language closest to `locale`. With `host` its last line is
 * exactly `@host #code`, which binds the code to that website (WICG sms-one-time-codes).
 */
export function renderSms({ code, brand, locale, host }: SmsContent): string {
  const text = fillIn(textsByLanguage[matchLanguage(locale)].sms, { code, brand });
  return host === undefined ? text : `${text}\n@${host} #${code}`;
}
