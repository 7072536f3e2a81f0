import { describe, expect, test } from "vitest";
import { languages } from "./languages.ts";
import { renderSms } from "./sms.ts";

const content = { code: "123456", brand: "Acme", locale: "en" };
const context = { amount: "EUR 12.50", payee: "Shop" };
const ownSms = (...tags: string[]) => Object.fromEntries(tags.map((tag) => [tag, { sms: `${tag} {code}` }]));

describe("with own texts", () => {
  test.each([
    [["de"], "de-AT", "de 123456"],
    [["de-AT"], "de-AT", "de-AT 123456"],
    [["pt-BR"], "pt", "pt-BR 123456"],
    [["pt-BR", "pt-PT"], "pt-PT", "pt-PT 123456"],
    [["zh-Hant"], "zh-TW", "zh-Hant 123456"],
    [["sv"], "sv-SE", "sv 123456"],
    [["en"], "tlh", "en 123456"],
    [["en"], "not a tag", "en 123456"],
    [["en-GB"], "", "en-GB 123456"],
  ])("in %j, %s gets %s", (tags, locale, text) => {
    expect(renderSms({ ...content, locale, texts: ownSms(...tags) })).toBe(text);
  });

  test.each([
    [["de"], "en"],
    [["de"], "fr-CA"],
    [["de"], "tlh"],
    [["pt-BR"], "es"],
    [[], "de"],
  ])("in %j, %s gets the built-in text", (tags, locale) => {
    expect(renderSms({ ...content, locale, texts: ownSms(...tags) })).toBe(renderSms({ ...content, locale }));
  });

  test("in one language every other one that is built in stays", () => {
    const texts = ownSms("it");
    for (const locale of languages.filter((language) => language !== "it")) {
      expect(renderSms({ ...content, locale, texts })).toBe(renderSms({ ...content, locale }));
    }
  });

  test("a text that is not there is the built-in one of that language", () => {
    const texts = { de: { sms: "Code: {code}" }, fr: { sms_context: "{code}: {amount}, {payee}" } };
    expect(renderSms({ ...content, locale: "de", texts, context })).toBe(
      renderSms({ ...content, locale: "de", context }),
    );
    expect(renderSms({ ...content, locale: "fr", texts, context })).toBe("123456: EUR 12.50, Shop");
    expect(renderSms({ ...content, locale: "fr", texts })).toBe(renderSms({ ...content, locale: "fr" }));
  });

  test("values are written as they are, and the line of the site comes last", () => {
    const texts = { en: { sms: "{brand}: {code}" } };
    expect(renderSms({ ...content, brand: "{code} $&", texts, host: "example.com" })).toBe(
      "{code} $&: 123456\n@example.com #123456",
    );
  });

  test("answers stay right after more distinct tags than it remembers", () => {
    const texts = ownSms("ja");
    for (let i = 0; i < 2_500; i += 1) expect(renderSms({ ...content, locale: `ja-x-${i}`, texts })).toBe("ja 123456");
    expect(renderSms({ ...content, texts })).toBe(renderSms(content));
  });
});
