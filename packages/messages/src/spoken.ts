import { fillIn, type PaymentContext } from "./fill-in.ts";
import { textsByLanguage } from "./languages.ts";
import { matchLanguage } from "./locales.ts";
import { matchVoice } from "./voices.ts";

/** `locale` is any BCP 47 tag. */
export interface SpokenContent {
  readonly code: string;
  readonly brand: string;
  readonly locale: string;
  /** The payment that the code approves. */
  readonly context?: PaymentContext | undefined;
}

/** What is said in a call, and by whom: `language` and `voice` as Telnyx names them. */
export interface Spoken {
  readonly text: string;
  readonly language: string;
  readonly voice: string;
}

/** The text of a verification call in the language closest to `locale`, for a voice of the closest region. */
export function renderSpoken({ code, brand, locale, context }: SpokenContent): Spoken {
  const language = matchLanguage(locale);
  // A pause after each, and ASCII digits, which every engine reads in the language of its voice.
  const digits = Array.from(code).join(", ");
  const { spoken, spoken_context: about } = textsByLanguage[language];
  const text = (context ? `${fillIn(about, { ...context })} ` : "") + fillIn(spoken, { code: digits, brand });
  return { text, ...matchVoice(language, locale) };
}
