import { describe, expect, test } from "vitest";
import { languages } from "./languages.ts";
import { matchLanguage } from "./locales.ts";

describe("a requested tag gets the closest language", () => {
  test.each(languages)("%s gets itself", (language) => {
    expect(matchLanguage(language)).toBe(language);
  });

  test.each([
    ["en-GB", "en"],
    ["EN-us", "en"],
    ["pt-BR", "pt"],
    ["pt-PT", "pt"],
    ["es-419", "es"],
    ["fr-CA", "fr"],
    ["gsw", "de"],
    ["ca", "es"],
    ["ar-EG", "ar"],
    ["ko-KP", "ko"],
    ["zh-CN", "zh"],
    ["zh-Hans", "zh"],
    ["zh-SG", "zh"],
    ["zh-TW", "zh"],
    ["zh-HK", "zh"],
    ["zh-Hant-TW", "zh"],
    ["yue-HK", "zh"],
    ["de-CH-1996-u-co-phonebk-x-private", "de"],
  ])("%s gets %s", (tag, language) => {
    expect(matchLanguage(tag)).toBe(language);
  });

  test.each(["sr", "sr-Latn-RS", "sv", "und", "tlh"])("%s, near to none, gets English", (tag) => {
    expect(matchLanguage(tag)).toBe("en");
  });
});

describe("a malformed tag gets English and never throws", () => {
  test.each(["", "*", "a", "en_US", "zh_TW", "fr-", "-fr", "x-fr", "日本語", "fr\n", "__proto__"])("%j", (tag) => {
    expect(matchLanguage(tag)).toBe("en");
  });

  test("however long it is", () => {
    expect(matchLanguage("fr-".repeat(10_000))).toBe("en");
  });
});

test("answers stay right after more distinct tags than it remembers", () => {
  for (let i = 0; i < 2_500; i += 1) expect(matchLanguage(`ja-x-${i}`)).toBe("ja");
  expect(matchLanguage("pt-BR")).toBe("pt");
  expect(matchLanguage("zh-TW")).toBe("zh");
});
