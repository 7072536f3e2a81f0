import { describe, expect, test } from "vitest";
import { languages } from "./languages.ts";
import { matchLanguage } from "./locales.ts";
import { matchVoice, voices } from "./voices.ts";

/** The `language` values that Telnyx takes (types of its SDK 7.24), as far as there are texts. */
const telnyxLanguages =
  "arb cmn-CN de-DE en-AU en-GB en-IN en-US es-ES es-MX es-US fr-CA fr-FR hi-IN it-IT ja-JP ko-KR nl-NL pl-PL pt-BR pt-PT tr-TR";

describe.each(languages)("every voice of %s", (language) => {
  test("speaks it, under a canonical tag", () => {
    for (const [tag] of voices[language]) {
      expect(Intl.getCanonicalLocales(tag)).toEqual([tag]);
      expect(matchLanguage(tag)).toBe(language);
    }
  });

  test("has a name and a language that Telnyx takes", () => {
    for (const [tag] of voices[language]) {
      const voice = matchVoice(language, tag);
      expect(telnyxLanguages.split(" ")).toContain(voice.language);
      expect(voice.voice).toMatch(/^(AWS\.Polly\.[A-Z][a-z]+(-Neural)?|Azure\.[a-z]{2}-[A-Z]{2}-[A-Z][a-z]+Neural)$/);
    }
  });

  test("is found under its own tag alone", () => {
    const found = voices[language].map(([tag]) => matchVoice(language, tag).voice);
    expect(found).toEqual(voices[language].map(([, voice]) => voice));
    expect(new Set(found).size).toBe(found.length);
  });
});

test.each([
  ["en", "en-US"],
  ["en-GB", "en-GB"],
  ["en-IE", "en-GB"],
  ["en-CA", "en-US"],
  ["es", "es-ES"],
  ["es-MX", "es-MX"],
  ["es-AR", "es-MX"],
  ["es-419", "es-MX"],
  ["fr-CA", "fr-CA"],
  ["fr-CH", "fr-FR"],
  ["pt", "pt-BR"],
  ["pt-BR", "pt-BR"],
  ["pt-PT", "pt-PT"],
  ["pt-AO", "pt-PT"],
  ["ar-EG", "arb"],
  ["zh-CN", "cmn-CN"],
  ["zh-TW", "cmn-CN"],
  ["gsw", "de-DE"],
  ["sv", "en-US"],
  ["en_US", "en-US"],
  ["not a tag", "en-US"],
  ["", "en-US"],
])("%j is spoken to with a voice of %s", (locale, language) => {
  expect(matchVoice(matchLanguage(locale), locale).language).toBe(language);
});
