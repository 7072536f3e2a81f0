import { describe, expect, test } from "vitest";
import { couldBeCode, generateCode, normalizeCode } from "./code.ts";

const codes = (count: number, length: number) => Array.from({ length: count }, () => generateCode(length));

describe("a generated code", () => {
  test.each([4, 6, 8, 10])("of %i digits always has them all", (length) => {
    for (const code of codes(2000, length)) expect(code).toMatch(new RegExp(`^[0-9]{${length}}$`));
  });

  test("may start with any digit, zero included", () => {
    const first = new Set(codes(2000, 6).map((code) => code[0]));
    expect(first).toEqual(new Set("0123456789"));
  });

  test("does not follow from the one before", () => {
    expect(new Set(codes(1000, 10)).size).toBe(1000);
  });
});

describe("a typed code", () => {
  test.each(["123456", "123 456", "123-456", " 1 2 3 4 5 6 ", "12-34-56", "123\u00a0456", "123456\r\n"])(
    "%j is read as 123456",
    (typed) => {
      expect(normalizeCode(typed)).toBe("123456");
    },
  );

  test.each(["12345６", "123456a", "+123456", "123.456", "12345\u0000"])("%j does not become 123456", (typed) => {
    expect(normalizeCode(typed)).not.toBe("123456");
  });

  test("keeps its leading zeros", () => {
    expect(normalizeCode("000 001")).toBe("000001");
  });
});

test.each<[typed: string, could: boolean]>([
  ["1234", true],
  ["12 34-567890", true],
  ["123", false],
  ["12345678901", false],
  ["12345a", false],
  ["", false],
])("whether %j could be a code: %s", (typed, could) => {
  expect(couldBeCode(typed)).toBe(could);
});
