import { fillIn, type PaymentContext, type Values } from "./fill-in.ts";
import type { OwnTextName } from "./own-texts.ts";
import { countSegments } from "./segments.ts";
import { sayDigits } from "./spoken.ts";
import { voices } from "./voices.ts";

export interface OwnText {
  /** A BCP 47 tag. */
  language: string;
  name: string;
  template: string;
  /** Of its application. */
  brand: string;
  /** Digits of the longest code that it may be sent with. */
  codeLength: number;
  /** Whether it may take more than one segment. */
  mayBeLong: boolean;
}

/** Characters of the longest amount and payee. */
export type LongestContext = Readonly<Record<keyof PaymentContext, number>>;

/** Some 40 s of speech, which leaves room in a call of two minutes to hear it again; Telnyx takes 3,000 characters. */
const LONGEST_SPOKEN = 600;

const plain: readonly (keyof Values)[] = ["code", "brand"];
const placeholders: Readonly<Record<OwnTextName, readonly (keyof Values)[]>> = {
  sms: plain,
  sms_context: [...plain, "amount", "payee"],
  spoken: plain,
  spoken_context: [...plain, "amount", "payee"],
};
const isRequired = (name: keyof Values) => name !== "brand";
const isSpoken = (name: OwnTextName) => name === "spoken" || name === "spoken_context";

/** Controls, but for the end of a line, and what has a text read in another order than it is written. */
const HIDDEN = /[^\P{Cc}\n]|[\u202A-\u202E\u2066-\u2069]/u;

const isName = (name: string): name is OwnTextName => Object.hasOwn(placeholders, name);
const inBraces = (names: readonly string[]) => names.map((name) => `{${name}}`).join(", ");

function isLanguageTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag)[0]?.split("-")[0] !== "und";
  } catch {
    return false;
  }
}

/** Whether there is a voice for it. */
const canBeSpoken = (tag: string) => Object.hasOwn(voices, new Intl.Locale(tag).language);

/**
 * What is wrong with an application's own text, never quoting it; nothing where it may be sent or said. With the longest
 * values, as far as those stay in the alphabet of the text, a message must fit one segment (GSM-7 160, UCS-2 70).
 */
export function problemOfOwnText(
  { language, name, template, brand, codeLength, mayBeLong }: OwnText,
  longest: LongestContext,
): string | undefined {
  if (!isLanguageTag(language)) return "is not named after a language";
  if (!isName(name)) return `is not a known text: there are ${Object.keys(placeholders).join(", ")}`;
  if (isSpoken(name) && !canBeSpoken(language))
    return `is in a language without a voice: calls speak ${Object.keys(voices).join(", ")}`;
  if (HIDDEN.test(template)) return "holds a character that is not seen, or that turns the order of others around";
  const known = inBraces(placeholders[name]);
  const used = [...template.matchAll(/\{([^{}]*)\}/g)].map(([, inside = ""]) => inside);
  if (used.some((inside) => !(placeholders[name] as readonly string[]).includes(inside)))
    return `has an unknown placeholder: it may hold ${known}`;
  // A brace on its own is a placeholder that was not closed.
  if (/[{}]/.test(template.replace(/\{[^{}]*\}/g, ""))) return `has a brace without its other: it may hold ${known}`;
  const missing = placeholders[name].filter((each) => isRequired(each) && !used.includes(each));
  if (missing.length > 0) return `must hold ${inBraces(missing)}`;
  const code = "0".repeat(codeLength);
  const text = fillIn(template, {
    code: isSpoken(name) ? sayDigits(code) : code,
    brand,
    amount: "0".repeat(longest.amount),
    payee: "A".repeat(longest.payee),
  });
  if (isSpoken(name)) {
    if (text.length <= LONGEST_SPOKEN) return undefined;
    return `is said in ${text.length} characters at its longest: there may be ${LONGEST_SPOKEN}`;
  }
  const { segments } = countSegments(text);
  if (segments === 1 || mayBeLong) return undefined;
  return `takes ${segments} segments at its longest: shorten it, or name its language in allow_long_texts`;
}
