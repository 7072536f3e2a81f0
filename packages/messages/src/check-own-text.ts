import { fillIn, type PaymentContext, type Values } from "./fill-in.ts";
import type { OwnTextName } from "./own-texts.ts";
import { countSegments } from "./segments.ts";

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

const placeholders: Readonly<Record<OwnTextName, readonly (keyof Values)[]>> = {
  sms: ["code", "brand"],
  sms_context: ["code", "brand", "amount", "payee"],
};
const required: Readonly<Record<OwnTextName, readonly (keyof Values)[]>> = {
  sms: ["code"],
  sms_context: ["code", "amount", "payee"],
};

const isName = (name: string): name is OwnTextName => Object.hasOwn(placeholders, name);
const inBraces = (names: readonly string[]) => names.map((name) => `{${name}}`).join(", ");

function isLanguageTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag)[0]?.split("-")[0] !== "und";
  } catch {
    return false;
  }
}

/**
 * What is wrong with an application's own text, never quoting it; nothing where it may be sent. A text must fit one
 * segment (GSM-7 160, UCS-2 70) with the longest values, as far as those stay in the alphabet of the text.
 */
export function problemOfOwnText(
  { language, name, template, brand, codeLength, mayBeLong }: OwnText,
  longest: LongestContext,
): string | undefined {
  if (!isLanguageTag(language)) return "is not named after a language";
  if (!isName(name)) return `is not a known text: there are ${Object.keys(placeholders).join(" and ")}`;
  const known = inBraces(placeholders[name]);
  const used = [...template.matchAll(/\{([^{}]*)\}/g)].map(([, inside = ""]) => inside);
  if (used.some((inside) => !(placeholders[name] as readonly string[]).includes(inside)))
    return `has an unknown placeholder: it may hold ${known}`;
  // A brace on its own is a placeholder that was not closed.
  if (/[{}]/.test(template.replace(/\{[^{}]*\}/g, ""))) return `has a brace without its other: it may hold ${known}`;
  const missing = required[name].filter((each) => !used.includes(each));
  if (missing.length > 0) return `must hold ${inBraces(missing)}`;
  const text = fillIn(template, {
    code: "0".repeat(codeLength),
    brand,
    amount: "0".repeat(longest.amount),
    payee: "A".repeat(longest.payee),
  });
  const { segments } = countSegments(text);
  if (segments === 1 || mayBeLong) return undefined;
  return `takes ${segments} segments at its longest: shorten it, or name its language in allow_long_texts`;
}
