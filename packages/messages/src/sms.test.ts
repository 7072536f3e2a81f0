import { describe, expect, test } from "vitest";
import { languages } from "./languages.ts";
import { countSegments } from "./segments.ts";
import { renderSms } from "./sms.ts";

const longestCode = "9876543210";

describe.each(languages)("the SMS in %s", (locale) => {
  test.each([
    ["in GSM letters", "Watchword Bank!"],
    ["in other letters", "Вотчворд Банк №"],
  ])("fits one segment with a brand of 15 characters %s and a code of 10 digits", (_name, brand) => {
    expect(brand).toHaveLength(15);
    const text = renderSms({ code: longestCode, brand, locale });
    expect(countSegments(text)).toMatchObject({ segments: 1 });
    expect(text.length).toBeLessThanOrEqual(70);
  });

  test("shows the code within the first 35 characters, where a notification shows it", () => {
    const text = renderSms({ code: longestCode, brand: "Watchword Bank!", locale });
    expect(text.slice(0, 35)).toContain(longestCode);
  });

  test("keeps the code apart from any other letter or digit", () => {
    const text = renderSms({ code: "123456", brand: "24seven", locale });
    expect(text).toMatch(/(?<![\p{L}\p{N}])123456(?![\p{L}\p{N}])/u);
  });

  test("ends in a line that is exactly `@host #code`", () => {
    const content = { code: "123456", brand: "Acme", locale };
    const text = renderSms({ ...content, host: "example.com" });
    expect(text).toBe(`${renderSms(content)}\n@example.com #123456`);
  });

  test.each(["{code}", "{brand}", "$&", "$1", "$`$'", "$$", "{code}{brand}$&"])(
    "shows the brand %s as it is written",
    (brand) => {
      const plain = renderSms({ code: "123456", brand: "\0", locale });
      expect(renderSms({ code: "123456", brand, locale })).toBe(plain.split("\0").join(brand));
    },
  );
});

test("has no second line without a host", () => {
  expect(renderSms({ code: "123456", brand: "Acme", locale: "en-GB" })).toBe(
    "123456 is your Acme verification code. Don't share it.",
  );
});

test("a locale without texts gets English", () => {
  const english = renderSms({ code: "123456", brand: "Acme", locale: "en" });
  expect(renderSms({ code: "123456", brand: "Acme", locale: "not a tag" })).toBe(english);
});

test.each(["en", "fr", "de", "it", "nl", "pl", "tr"])("%s stays in GSM-7", (locale) => {
  const text = renderSms({ code: longestCode, brand: "Watchword Bank!", locale });
  expect(countSegments(text).encoding).toBe("GSM-7");
});

describe.each(languages)("the SMS that approves a payment, in %s", (locale) => {
  const inGsm = { amount: "EUR 1234567890123.45", payee: "Watchword Bank for Merchants and Others!" };

  test("fits one segment: in GSM-7 at its longest, in UCS-2 with usual lengths", () => {
    expect([inGsm.amount.length, inGsm.payee.length]).toEqual([20, 40]);
    const longest = renderSms({ code: longestCode, brand: "Watchword Bank!", locale, context: inGsm });
    const usual = { amount: "¥1,234,567", payee: "Green Grocers №1" };
    const text = renderSms({ code: "123456", brand: "Watchword", locale, context: usual });
    expect(countSegments(countSegments(longest).encoding === "GSM-7" ? longest : text).segments).toBe(1);
  });

  test("names code, amount, payee and brand once each, as they are written", () => {
    const context = { amount: "{code} $& €", payee: "{amount}{brand}$1" };
    const values = { "<1>": "123456", "<2>": "{payee}", "<3>": context.amount, "<4>": context.payee };
    const marks = { code: "<1>", brand: "<2>", locale, context: { amount: "<3>", payee: "<4>" } };
    let expected = renderSms(marks);
    for (const [mark, value] of Object.entries(values)) {
      expect(expected.split(mark)).toHaveLength(2);
      expected = expected.split(mark).join(value);
    }
    expect(renderSms({ code: "123456", brand: "{payee}", locale, context })).toBe(expected);
  });

  test("ends in the line that binds the code to a site, where there is one", () => {
    const content = { code: "123456", brand: "Acme", locale, context: inGsm };
    expect(renderSms({ ...content, host: "example.com" })).toBe(`${renderSms(content)}\n@example.com #123456`);
  });
});

test.each(["en", "es", "fr", "de", "pt", "it", "nl", "pl", "tr"])("%s approves a payment in GSM-7", (locale) => {
  const context = { amount: "EUR 12.50", payee: "Shop" };
  expect(countSegments(renderSms({ code: "123456", brand: "Acme", locale, context })).encoding).toBe("GSM-7");
});

test("a payment is approved in English like this", () => {
  const context = { amount: "EUR 12.50", payee: "Green Grocers" };
  expect(renderSms({ code: "123456", brand: "Acme", locale: "en", context })).toBe(
    "123456 approves your payment of EUR 12.50 to Green Grocers (Acme). Don't share it.",
  );
});
