import { describe, expect, test } from "vitest";
import { languages } from "./languages.ts";
import { renderSpoken } from "./spoken.ts";

const content = { code: "0123456789", brand: "Acme", locale: "en" };

describe.each(languages)("what is said in %s", (locale) => {
  test("has the code's digits in order, twice, then the key 1, and no other digit", () => {
    const { text } = renderSpoken({ ...content, locale });
    expect(text.match(/\d/g)?.join("")).toBe("012345678901234567891");
  });

  test("keeps every digit apart from the next one, and from letters that would make a word of it", () => {
    for (const code of ["111111", "0000", "9876543210"]) {
      const { text } = renderSpoken({ ...content, code, locale });
      expect(text).not.toMatch(/\d\d/);
      expect(text.split(Array.from(code).join(", "))).toHaveLength(3);
      expect(text).not.toMatch(/[a-z]\d|\d[a-z]/i);
    }
  });

  test("has no full stop after a digit, which many languages read as an ordinal", () => {
    expect(renderSpoken({ ...content, locale }).text).not.toMatch(/\d\s*\./);
  });

  test("names the brand once, before the code", () => {
    const { text } = renderSpoken({ ...content, locale });
    const [before = "", ...after] = text.split("Acme");
    expect(after).toHaveLength(1);
    expect(before).not.toMatch(/\d/);
  });

  test("begins with the payment that the code approves, and goes on as ever", () => {
    const context = { amount: "EUR one", payee: "Green Grocers" };
    const { text } = renderSpoken({ ...content, locale, context });
    const plain = renderSpoken({ ...content, locale }).text;
    expect(text.endsWith(` ${plain}`)).toBe(true);
    for (const part of Object.values(context)) expect(text.split(part)).toHaveLength(2);
  });

  test("is short enough for a carrier's speech command", () => {
    const { text } = renderSpoken({ ...content, brand: "B".repeat(100), locale });
    expect(text.length).toBeLessThan(3000);
  });

  test.each(["{code}", "{brand}", "$&", "$1", "$`$'", "$$", "{code}{brand}$&"])(
    "names the brand %s as it is written",
    (brand) => {
      const plain = renderSpoken({ ...content, brand: "\0", locale }).text;
      expect(renderSpoken({ ...content, brand, locale }).text).toBe(plain.split("\0").join(brand));
    },
  );
});

test("is said in English like this", () => {
  expect(renderSpoken({ code: "123456", brand: "Acme", locale: "en-GB" })).toEqual({
    text: "Hello, this is Acme. Your verification code is: 1, 2, 3, 4, 5, 6; once more: 1, 2, 3, 4, 5, 6; press 1 to hear it again.",
    language: "en-GB",
    voice: "AWS.Polly.Amy-Neural",
  });
});

test("a locale without texts is spoken to in English", () => {
  const english = renderSpoken(content);
  for (const locale of ["sv-SE", "not a tag", ""]) expect(renderSpoken({ ...content, locale })).toEqual(english);
});

describe("a call with own texts", () => {
  const context = { amount: "EUR 12.50", payee: "Shop" };
  const texts = {
    de: { spoken: "{brand} sagt {code}" },
    fr: { spoken_context: "{payee}, {amount}: {code} ({brand})" },
  };
  const said = (locale: string, more: object = {}) =>
    renderSpoken({ code: "123", brand: "Acme", locale, texts, ...more });

  test("says the application's own, digit by digit, with the voice of that language", () => {
    expect(said("de-AT")).toEqual({ text: "Acme sagt 1, 2, 3", language: "de-DE", voice: "AWS.Polly.Vicki-Neural" });
    expect(said("fr-CA", { context })).toEqual({
      text: "Shop, EUR 12.50: 1, 2, 3 (Acme)",
      language: "fr-CA",
      voice: "AWS.Polly.Gabrielle-Neural",
    });
  });

  test("says the built-in text where there is no own one of that kind and language", () => {
    for (const [locale, more] of [
      ["en", {}],
      ["fr", {}],
      ["de", { context }],
      ["it", { context }],
    ] as const)
      expect(said(locale, more)).toEqual(said(locale, { ...more, texts: undefined }));
  });

  test("is spoken to in the application's words, by a voice of their language, where nothing is near", () => {
    const own = { texts: { en: { spoken: "Code {code}" } } };
    expect(said("sv", own)).toEqual({ text: "Code 1, 2, 3", language: "en-US", voice: "AWS.Polly.Joanna-Neural" });
    expect(said("zh-TW", { texts: { "zh-Hant": { spoken: "{code}" } } })).toMatchObject({ language: "cmn-CN" });
  });

  test("puts values in as they are", () => {
    expect(said("de", { brand: "{code} $&" }).text).toBe("{code} $& sagt 1, 2, 3");
  });
});
