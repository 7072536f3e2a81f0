import { describe, expect, test } from "vitest";
import { type DestinationRules, parsePhoneNumber } from "./phone-number.ts";

const everywhere: DestinationRules = { allowedCountries: ["*"], allowUnassigned: false };
const unassignedToo: DestinationRules = { ...everywhere, allowUnassigned: true };
const only = (...allowedCountries: string[]): DestinationRules => ({ allowedCountries, allowUnassigned: true });

const unsupported = expect.objectContaining({ code: "unsupported_destination" });

describe.each([
  ["assigned numbers only", everywhere],
  ["unassigned numbers too", unassignedToo],
])("with %s", (_name, rules) => {
  test.each([
    ["premium-rate", "US", "+19005551234"],
    ["premium-rate", "DE", "+499001234567"],
    ["premium-rate", "FR", "+33899123456"],
    ["premium-rate", "IT", "+39892123"],
    ["premium-rate", "JP", "+81990123456"],
    ["premium-rate", "AU", "+611900123456"],
    ["toll-free", "US", "+18002223333"],
    ["toll-free", "GB", "+448001111111"],
    ["toll-free", "DE", "+498001234567"],
    ["toll-free", "FR", "+33800123456"],
    ["toll-free", "IT", "+39800123456"],
    ["toll-free", "JP", "+81120123456"],
    ["shared-cost", "GB", "+448451234567"],
    ["shared-cost", "DE", "+491801234567"],
    ["shared-cost", "FR", "+33810123456"],
    ["shared-cost", "IT", "+39848123456"],
    ["shared-cost", "AU", "+611300123456"],
    ["company-wide (UAN)", "GB", "+445512345678"],
    ["pager", "DE", "+49164123456"],
    ["pager", "JP", "+812012345678"],
    ["personal", "US", "+15005550006"],
    ["personal", "GB", "+447012345678"],
    ["voicemail", "CH", "+41860123456789"],
    ["international toll-free", "+800", "+80012345678"],
    ["international shared-cost", "+808", "+80812345678"],
    ["international premium-rate", "+979", "+979123456789"],
    ["satellite", "+870", "+870773111632"],
    ["network", "+883", "+883510012345"],
    ["network", "+883", "+883510001234567"],
  ])("a %s number of %s is never sent to", (_type, _country, number) => {
    expect(() => parsePhoneNumber(number, rules)).toThrow(unsupported);
  });
});

describe("an allow-list of countries", () => {
  test("lets through the numbers of its countries", () => {
    expect(parsePhoneNumber("+442071838750", only("US", "GB"))).toMatchObject({ country: "GB" });
  });

  test("refuses every other country, the same calling code included", () => {
    expect(() => parsePhoneNumber("+4915112345678", only("US", "GB"))).toThrow(unsupported);
    // +1 876 is Jamaica.
    expect(() => parsePhoneNumber("+18765230123", only("US"))).toThrow(unsupported);
    expect(parsePhoneNumber("+18765230123", only("JM"))).toMatchObject({ country: "JM" });
  });

  test("refuses everything while it is empty", () => {
    expect(() => parsePhoneNumber("+14155552671", only())).toThrow(unsupported);
  });

  test("does not let a premium number of its countries through", () => {
    expect(() => parsePhoneNumber("+19005551234", only("US"))).toThrow(unsupported);
  });

  test("counts an unassigned number to its calling code's main country", () => {
    expect(parsePhoneNumber("+447700900123", only("GB"))).toMatchObject({ country: "GB" });
    expect(() => parsePhoneNumber("+447700900123", only("JE"))).toThrow(unsupported);
  });
});

describe("a number that is possible and assigned to nobody", () => {
  const numbers = ["+447700900123", "+493111234567", "+61550123456"];

  test.each(numbers)("%s is refused, with the reason", (number) => {
    expect(() => parsePhoneNumber(number, everywhere)).toThrow(
      expect.objectContaining({
        code: "invalid_phone_number",
        details: expect.objectContaining({
          errors: [{ field: "to", message: "no such number is assigned to anybody" }],
        }),
      }),
    );
  });

  test.each(numbers)("%s is let through where unassigned numbers are allowed", (number) => {
    expect(parsePhoneNumber(number, unassignedToo)).toMatchObject({ e164: number });
  });

  test("has to have a possible length all the same", () => {
    const short = expect.objectContaining({ code: "invalid_phone_number" });
    expect(() => parsePhoneNumber("+44770090", unassignedToo)).toThrow(short);
  });
});
