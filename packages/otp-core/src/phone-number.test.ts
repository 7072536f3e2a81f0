import { describe, expect, test } from "vitest";
import { parsePhoneNumber } from "./phone-number.ts";

const rules = { allowedCountries: ["*"], allowUnassigned: false };
const parse = (written: string) => () => parsePhoneNumber(written, rules);

/** @param reason what the caller is told about the field `to` */
const invalid = (reason: unknown) =>
  expect.objectContaining({
    code: "invalid_phone_number",
    details: expect.objectContaining({ errors: [{ field: "to", message: reason }] }),
  });
const notWritten = invalid("write it as + and digits, such as +14155550123");

describe("a number as people write it", () => {
  test.each([
    ["spaces", "+1 415 555 2671"],
    ["dashes", "+1-415-555-2671"],
    ["brackets", "+1 (415) 555-2671"],
    ["dots", "+1.415.555.2671"],
    ["nothing", "+14155552671"],
    ["more separators than digits", "+1 -- (415) .. 555 -- 2671"],
  ])("is read with %s between its digits", (_separators, written) => {
    expect(parsePhoneNumber(written, rules)).toEqual({ e164: "+14155552671", country: "US", landline: false });
  });

  test.each([
    ["+44 (0)20 7183 8750", "+442071838750", "GB", true],
    ["+44 20 7183 8750", "+442071838750", "GB", true],
    ["+49 1511 2345678", "+4915112345678", "DE", false],
    ["+55 11 98765-4321", "+5511987654321", "BR", false],
    ["+91 98765 43210", "+919876543210", "IN", false],
    ["+61 491 570 156", "+61491570156", "AU", false],
  ])("%s is %s of %s (a landline: %s)", (written, e164, country, landline) => {
    expect(parsePhoneNumber(written, rules)).toEqual({ e164, country, landline });
  });
});

describe("a number is a landline", () => {
  test.each(["+442071838750", "+493012345678", "+33142685300", "+551130300000", "+81312345678"])(
    "where it is a fixed line for certain: %s",
    (number) => {
      expect(parsePhoneNumber(number, rules)).toMatchObject({ landline: true });
    },
  );

  test.each([
    ["mobile", "+447400123456"],
    ["one of a country where fixed and mobile numbers look the same", "+12125550199"],
    ["voice over IP", "+445612345678"],
  ])("and not where it is %s", (_kind, number) => {
    expect(parsePhoneNumber(number, { ...rules, allowUnassigned: true })).toMatchObject({ landline: false });
  });

  test("and not where it is assigned to nobody", () => {
    const unassigned = parsePhoneNumber("+447700900123", { ...rules, allowUnassigned: true });
    expect(unassigned).toMatchObject({ landline: false });
  });
});

describe("what is not a number in international form is refused", () => {
  test.each([
    ["nothing", ""],
    ["a `tel:` URI", "tel:+14155552671"],
    ["letters", "+1415555CALL"],
    ["an extension", "+14155552671 ext. 5"],
    ["an RFC 3966 extension", "+14155552671;ext=5"],
    ["full-width digits", "+1415555\uff12\uff16\uff17\uff11"],
    ["a full-width plus", "\uff0b14155552671"],
    ["Arabic digits", "+1415555\u0662\u0666\u0667\u0661"],
    ["Arabic digits alone", "+\u0661\u0664\u0661\u0665\u0665\u0665\u0665\u0662\u0666\u0667\u0661"],
    ["one Devanagari digit", "+1415555267\u0967"],
    ["no plus", "14155552671"],
    ["`00` for the plus", "0014155552671"],
    ["two pluses", "++14155552671"],
    ["a plus in the middle", "+1415+5552671"],
    ["a NUL", "+1415555\u00002671"],
    ["a NUL at its end", "+14155552671\u0000"],
    ["a right-to-left mark", "+1415\u200f5552671"],
    ["a right-to-left override", "\u202e+14155552671"],
    ["CRLF at its end", "+14155552671\r\n"],
    ["a line feed at its end", "+14155552671\n"],
    ["a second line", "+14155552671\r\nBcc: +14155552672"],
    ["a tab", "+1\t4155552671"],
    ["a no-break space", "+1\u00a04155552671"],
    ["an en dash", "+1\u2013415\u2013555\u20132671"],
    ["a megabyte of digits", `+${"1".repeat(2 ** 20)}`],
    ["a megabyte of dashes", `+1${"-".repeat(2 ** 20)}4155552671`],
    ["a JSON object", '{"to":"+14155552671"}'],
  ])("%s", (_name, written) => {
    expect(parse(written)).toThrow(notWritten);
  });

  test.each([
    ["separators alone", "+((((((", "it is not a phone number"],
    ["a calling code and separators", "+1-----------", "it is not a phone number"],
    ["a calling code that is not given to anybody", "+999123456", "it does not start with a country calling code"],
    ["a zero first", "+0123456789", "it does not start with a country calling code"],
    ["one digit too few", "+1415555267", "it is too short"],
    ["one digit too many", "+141555526711", "it is too long"],
    ["a German number of 16 digits, one more than E.164 has", "+4930123456789012", "it is too long"],
    ["a German number of 17 digits", "+49301234567890123", "it is too long"],
    ["far too few digits", "+4411", "it is too short"],
  ])("%s, with the reason", (_name, written, reason) => {
    expect(parse(written)).toThrow(invalid(reason));
  });

  test("without repeating what was written", () => {
    for (const written of ["+1415555267", "+999123456", "+1415555CALL"]) {
      expect(parse(written)).toThrow(expect.objectContaining({ message: expect.not.stringContaining(written) }));
    }
  });
});
