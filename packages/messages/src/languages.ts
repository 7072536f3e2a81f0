import { ar } from "./ar.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";
import { es } from "./es.ts";
import { fr } from "./fr.ts";
import { hi } from "./hi.ts";
import { it } from "./it.ts";
import { ja } from "./ja.ts";
import { ko } from "./ko.ts";
import { nl } from "./nl.ts";
import { pl } from "./pl.ts";
import { pt } from "./pt.ts";
import type { Texts } from "./texts.ts";
import { tr } from "./tr.ts";
import { zh } from "./zh.ts";

/** The one table: a language is supported because it is in here. `zh` is Simplified Chinese. */
export const textsByLanguage = {
  en,
  es,
  fr,
  de,
  pt,
  it,
  nl,
  pl,
  tr,
  ar,
  hi,
  ja,
  ko,
  zh,
} satisfies Record<string, Texts>;

/** The BCP 47 tag of a language that has texts. */
export type Language = keyof typeof textsByLanguage;

/** Every language that has texts, as BCP 47 tags. */
export const languages: readonly Language[] = Object.keys(textsByLanguage) as Language[];

/** What a person gets whose language has no texts. */
export const defaultLanguage: Language = "en";
