import { fillIn, type PaymentContext } from "./fill-in.ts";
import { chooseText, type OwnTexts } from "./own-texts.ts";

/** `locale` is any BCP 47 tag. `host` is a bare domain name: no scheme, no port, no path. */
export interface SmsContent {
  readonly code: string;
  readonly brand: string;
  readonly locale: string;
  readonly host?: string | undefined;
  /** The payment that the code approves. */
  readonly context?: PaymentContext | undefined;
  /** The application's own texts, which come before the built-in ones. */
  readonly texts?: OwnTexts | undefined;
}

/**
 * The text of a verification SMS in the language closest to `locale`. With `host` its last line is
 * exactly `@host #code`, which binds the code to that website (WICG sms-one-time-codes).
 */
export function renderSms({ code, brand, locale, host, context, texts }: SmsContent): string {
  const { text: template } = chooseText(context ? "sms_context" : "sms", locale, texts);
  const text = fillIn(template, { code, brand, ...context });
  return host === undefined ? text : `${text}\n@${host} #${code}`;
}
