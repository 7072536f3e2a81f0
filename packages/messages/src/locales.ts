import { match } from "@formatjs/intl-localematcher";
import { defaultLanguage, type Language, languages, textsByLanguage } from "./languages.ts";

// CLDR holds the two Chinese scripts too far apart to match, yet who reads Traditional Chinese reads
// Simplified sooner than English.
const substitutes: Readonly<Record<string, Language>> = { "zh-Hant": "zh" };
const available: readonly string[] = [...languages, ...Object.keys(substitutes)];

const cacheLimit = 1_000;
const cache = new Map<string, Language>();

/**
 * The supported language closest to a BCP 47 tag, by CLDR's language distances (UTS #35, Language
 * Matching); English when none is close or the tag is malformed. Never throws.
 */
export function matchLanguage(tag: string): Language {
  const known = cache.get(tag);
  if (known !== undefined) return known;
  const language = closestLanguage(tag);
  if (cache.size >= cacheLimit) evictOldest();
  cache.set(tag, language);
  return language;
}

function closestLanguage(tag: string): Language {
  const closest = closestTag(tag, available, defaultLanguage);
  return isLanguage(closest) ? closest : (substitutes[closest] ?? defaultLanguage);
}

/** Of the available tags the one closest to `tag`, or the fallback; never throws. */
export function closestTag(tag: string, available: readonly string[], fallback: string): string {
  try {
    return match([languageScriptRegion(tag)], available, fallback);
  } catch {
    return fallback; // Intl throws when a tag is malformed or names no language.
  }
}

function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(textsByLanguage, tag);
}

// The matcher remembers every tag it has seen, without a bound: it gets none of the parts that are free
// text (variants, extensions, private use) and decide nothing here.
function languageScriptRegion(tag: string): string {
  const { language, script, region } = new Intl.Locale(tag);
  return [language, script, region].filter(Boolean).join("-");
}

function evictOldest(): void {
  const oldest = cache.keys().next();
  if (!oldest.done) cache.delete(oldest.value);
}
