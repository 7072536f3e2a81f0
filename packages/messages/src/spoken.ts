import { fillIn, type PaymentContext } from "./fill-in.ts";
import { matchLanguage } from "./locales.ts";
import { chooseText, type OwnTexts } from "./own-texts.ts";
import { matchVoice } from "./voices.ts";

/** `locale` is any BCP 47 tag. */
export interface SpokenContent {
  readonly code: string;
  readonly brand: string;
  readonly locale: string;
  /** The payment that the code approves. */
  readonly context?: PaymentContext | undefined;
  /** The application's own texts, which come before the built-in ones. */
  readonly texts?: OwnTexts | undefined;
}

/** What is said in a call, and by whom: `language` and `voice` as Telnyx names them. */
export interface Spoken {
  readonly text: string;
  readonly language: string;
  readonly voice: string;
}

/** A pause after each, and ASCII digits, which every engine reads in the language of its voice. */
export const sayDigits = (code: string): string => Array.from(code).join(", ");

/** The text of a verification call in the language closest to `locale`, for a voice of the closest region. */
export function renderSpoken({ code, brand, locale, context, texts }: SpokenContent): Spoken {
  const { text, tag } = chooseText(context ? "spoken_context" : "spoken", locale, texts);
  const said = fillIn(text, { code: sayDigits(code), brand, ...context });
  return { text: said, ...matchVoice(matchLanguage(tag), locale) };
}
