import { describe, expect, test } from "vitest";
import { languages, textsByLanguage } from "./languages.ts";
import { problemOfOwnText } from "./check-own-text.ts";

const problemOf = (template: string, more: object = {}) =>
  problemOfOwnText(
    { language: "en", name: "sms", template, brand: "Acme", codeLength: 6, mayBeLong: false, ...more },
    { amount: 20, payee: 40 },
  );

describe("a text of an application's own", () => {
  test.each(["{code}", "{brand}: {code}", "{code} {code}", `${"x".repeat(154)}{code}`, `${"ж".repeat(64)}{code}`])(
    "may be sent: %s",
    (template) => {
      expect(problemOf(template)).toBeUndefined();
    },
  );

  test.each([
    ["Your code", "must hold {code}"],
    ["{brand}", "must hold {code}"],
    ["{code} {name}", "has an unknown placeholder: it may hold {code}, {brand}"],
    ["{code} {Brand}", "has an unknown placeholder"],
    ["{code} {}", "has an unknown placeholder"],
    ["{code} for {amount}", "has an unknown placeholder"],
    ["{code} {brand", "has a brace without its other"],
    ["{code} }", "has a brace without its other"],
    [`${"x".repeat(155)}{code}`, "takes 2 segments"],
    [`${"€".repeat(78)}{code}`, "takes 2 segments"],
    [`${"ж".repeat(65)}{code}`, "takes 2 segments"],
  ])("is refused: %s", (template, problem) => {
    expect(problemOf(template)).toContain(problem);
  });

  test("is measured with the brand and the longest code of its application", () => {
    const template = `${"x".repeat(150)}{code}`;
    expect(problemOf(template)).toBeUndefined();
    expect(problemOf(template, { codeLength: 10 })).toBeUndefined();
    expect(problemOf(`x${template}`, { codeLength: 10 })).toContain("takes 2 segments");
    expect(problemOf(`${"x".repeat(60)}{code}{brand}`, { brand: "Ж".repeat(4) })).toBeUndefined();
    expect(problemOf(`${"x".repeat(60)}{code}{brand}`, { brand: "Ж".repeat(5) })).toContain("takes 2 segments");
  });

  test("may be longer where its application says so", () => {
    expect(problemOf(`${"x".repeat(500)}{code}`, { mayBeLong: true })).toBeUndefined();
    expect(problemOf("x".repeat(500), { mayBeLong: true })).toContain("must hold {code}");
  });

  test.each(["e", "en_US", "und", "und-Latn", "en-x"])("is refused under %s, which is no language", (language) => {
    expect(problemOf("{code}", { language })).toBe("is not named after a language");
  });

  test("is refused under a name that is no text", () => {
    expect(problemOf("{code}", { name: "email" })).toBe(
      "is not a known text: there are sms, sms_context, spoken, spoken_context",
    );
  });
});

describe("a text that approves a payment", () => {
  const problemOfContext = (template: string) => problemOf(template, { name: "sms_context" });

  test("must hold code, amount and payee", () => {
    expect(problemOfContext("{code} {amount} {payee}")).toBeUndefined();
    expect(problemOfContext("{code} {brand}")).toBe("must hold {amount}, {payee}");
  });

  test("is measured with the longest amount and payee", () => {
    expect(problemOfContext(`${"x".repeat(160 - 6 - 20 - 40)}{code}{amount}{payee}`)).toBeUndefined();
    expect(problemOfContext(`${"x".repeat(161 - 6 - 20 - 40)}{code}{amount}{payee}`)).toContain("takes 2 segments");
  });
});

describe("a text that is said in a call", () => {
  const problemOfSpoken = (template: string, more: object = {}) => problemOf(template, { name: "spoken", ...more });

  test("must hold the code, and may name the brand", () => {
    expect(problemOfSpoken("{brand}: {code}, again {code}")).toBeUndefined();
    expect(problemOfSpoken("{brand}")).toBe("must hold {code}");
    expect(problemOfSpoken("{code} for {amount}")).toContain("has an unknown placeholder");
  });

  test("must hold amount and payee too where it approves a payment", () => {
    const name = "spoken_context";
    expect(problemOfSpoken("{code} {amount} {payee} {brand}", { name })).toBeUndefined();
    expect(problemOfSpoken("{code}", { name })).toBe("must hold {amount}, {payee}");
  });

  test("is measured as it is said, digit by digit, and by no segment", () => {
    expect(problemOfSpoken(`${"ж".repeat(600 - 28)}{code}`, { codeLength: 10 })).toBeUndefined();
    expect(problemOfSpoken(`${"ж".repeat(600 - 27)}{code}`, { codeLength: 10, mayBeLong: true })).toBe(
      "is said in 601 characters at its longest: there may be 600",
    );
  });

  test.each(["de", "de-CH", "pt-PT", "zh-Hant", "ar-EG"])("may be in %s", (language) => {
    expect(problemOfSpoken("{code}", { language })).toBeUndefined();
  });

  test("is refused in a language that no voice speaks", () => {
    expect(problemOfSpoken("{code}", { language: "sv" })).toMatch(
      /^is in a language without a voice: calls speak en, es/,
    );
  });

  test.each(languages)("could be the built-in one in %s", (language) => {
    const { spoken } = textsByLanguage[language];
    expect(problemOfSpoken(spoken, { language, brand: "B".repeat(40), codeLength: 10 })).toBeUndefined();
  });
});

test.each(languages)("the built-in SMS in %s could be an application's own", (language) => {
  const template = textsByLanguage[language].sms;
  expect(problemOf(template, { language, brand: "Watchword Bank!", codeLength: 10 })).toBeUndefined();
});
