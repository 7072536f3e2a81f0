import { expect, test } from "vitest";
import { generateCode, normalizeCode } from "./code.ts";
import { normalizeContextText } from "./context.ts";
import { parseDeliveryId, parseVerificationId } from "./ids.ts";
import { maskPhoneNumber, parsePhoneNumber } from "./phone-number.ts";
import { isRedisUnavailable } from "./store/redis.ts";

const LENGTH = 20_000;
const long = (unit: string) => unit.repeat(Math.ceil(LENGTH / unit.length));

/** What makes a backtracking pattern slow: long runs that almost match, and end wrong. */
const runs = [
  "0",
  "1",
  "+",
  "-",
  " ",
  ".",
  "(",
  "A",
  "_",
  "\n",
  "\r\n",
  "\t",
  "\u0000",
  "•",
  "1 ",
  "- ",
  "(1)",
  "aA0_-",
];
const hostile = runs.flatMap((unit) =>
  ["", "+", "+1", "vf_", "dl_", "dl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_"].flatMap((start) =>
    ["", "!", "\n", "_1"].map((end) => `${start}${long(unit)}${end}`),
  ),
);

/** Those that a caller, a carrier or a server can hand a text of any length. */
const readers: Record<string, (text: string) => unknown> = {
  "a written number": (text) => {
    try {
      return parsePhoneNumber(text, { allowedCountries: ["*"], allowUnassigned: true });
    } catch {
      return undefined;
    }
  },
  "a verification's id": parseVerificationId,
  "a delivery's id": parseDeliveryId,
  "a typed code": normalizeCode,
  "an amount or a payee": normalizeContextText,
  "a masked number": maskPhoneNumber,
  "an error's message": (text) => isRedisUnavailable(new Error(text)),
  "a server's error": (text) => isRedisUnavailable(Object.assign(new Error(text), { name: "ReplyError" })),
};

// A pattern that backtracks does not come to an end here within the time-out of a test.
test.each(Object.entries(readers))("%s of 20,000 hostile characters is read to its end", (_name, read) => {
  expect(() => hostile.map(read)).not.toThrow();
});

test("none of them is an id", () => {
  const taken = hostile.filter((text) => parseVerificationId(text) ?? parseDeliveryId(text));
  expect(taken).toEqual([]);
});

test("a typed code is found between any number of separators", () => {
  const code = generateCode(6);
  expect(normalizeCode(`${long("- ")}${code}${long(" -")}`)).toBe(code);
});
