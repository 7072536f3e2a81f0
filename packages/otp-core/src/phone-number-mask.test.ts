import { describe, expect, test } from "vitest";
import { decodeMask, encodeMask, maskPhoneNumber, splitArea, splitMask } from "./phone-number.ts";

/** One number of each length that E.164 allows a person's line: 7 to 15 digits. */
const numbers = Array.from({ length: 9 }, (_, index) => `+${"987654321098765".slice(0, 7 + index)}`);
const digitsIn = (text: string) => text.replace(/\D/g, "").length;

test("a number is shown by its first and last four digits", () => {
  expect(maskPhoneNumber("+14155550123")).toBe("+1415•••0123");
});

test.each([
  ["+6834002", "+•••2"],
  ["+50051234", "+5•••34"],
  ["+298201234", "+29•••234"],
  ["+3545812345", "+354•••2345"],
])("of a short number less is shown: %s is %s", (number, masked) => {
  expect(maskPhoneNumber(number)).toBe(masked);
});

describe.each(numbers)("the masked form of %s", (number) => {
  test("hides at least three digits that are not of its calling code, however long that is", () => {
    const [beginning, end] = splitMask(encodeMask(maskPhoneNumber(number)));
    const longestCallingCode = 3;
    const known = Math.max(longestCallingCode, digitsIn(beginning)) + digitsIn(end);
    expect(known).toBeLessThanOrEqual(digitsIn(number) - 3);
  });

  test("shows no more than four digits on either side of those", () => {
    expect(maskPhoneNumber(number)).toMatch(/^\+\d{0,4}•••\d{1,4}$/);
  });

  test("shows digits of the number where they stand", () => {
    const [head = "", tail = ""] = maskPhoneNumber(number).split("•••");
    expect([number.startsWith(head), number.endsWith(tail)]).toEqual([true, true]);
  });

  test("shows the very digits at the end that are told apart in its area", () => {
    expect(splitMask(encodeMask(maskPhoneNumber(number)))[1]).toBe(splitArea(number)[1]);
  });

  test("is kept in ASCII and comes back as it was", () => {
    const masked = maskPhoneNumber(number);
    expect(encodeMask(masked)).toMatch(/^[\x20-\x7e]+$/);
    expect(decodeMask(encodeMask(masked))).toBe(masked);
  });
});
