import { describe, expect, test } from "vitest";
import { parseIdempotencyKey } from "./idempotency-key.ts";

const refused = expect.objectContaining({
  code: "invalid_request",
  details: { errors: [{ field: "Idempotency-Key", message: expect.any(String) }] },
});

describe("an idempotency key", () => {
  test.each([
    ["8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"],
    ['"8e03978e-40d5-43dd-bc93-6894a57f9324"', "8e03978e-40d5-43dd-bc93-6894a57f9324"],
    ["1", "1"],
    ['"1"', "1"],
    ["order 42, second try", "order 42, second try"],
    ['"order 42, second try"', "order 42, second try"],
    [String.raw`"a \"quoted\" \\ key"`, String.raw`a "quoted" \ key`],
    [String.raw`a "quoted" \ key`, String.raw`a "quoted" \ key`],
    ['" "', " "],
    ["!~", "!~"],
    ["k".repeat(255), "k".repeat(255)],
    [`"${"k".repeat(255)}"`, "k".repeat(255)],
    [`"${'\\"'.repeat(255)}"`, '"'.repeat(255)],
  ])("%s is read, bare or as a string of structured fields", (value, key) => {
    expect(parseIdempotencyKey([value])).toBe(key);
  });

  test.each([
    ["nothing", ""],
    ["an empty string", '""'],
    ["256 characters", "k".repeat(256)],
    ["256 characters in quotes", `"${"k".repeat(256)}"`],
    ["a quote that is not closed", '"key'],
    ["a single quote mark", '"'],
    ["something after the string", '"key"; a=1'],
    ["two strings", '"key", "other"'],
    ["an escape that there is not", String.raw`"a\b"`],
    ["an escape of the closing quote", '"key\\"'],
    ["letters beyond ASCII", "clé"],
    ["letters beyond ASCII in quotes", '"clé"'],
    ["a tab", "a\tb"],
    ["a NUL", "a\u0000b"],
    ["a line break", '"a\r\nb"'],
    ["a DEL", "a\u007f"],
  ])("that is %s is refused", (_name, value) => {
    expect(() => parseIdempotencyKey([value])).toThrow(refused);
  });

  test("that comes twice is refused, be it the same", () => {
    expect(() => parseIdempotencyKey(["key", "key"])).toThrow(refused);
  });

  test("that is long and hostile is refused within 10 ms", () => {
    for (const hostile of [`"${"\\".repeat(16_000)}`, `"${'\\"'.repeat(8000)}`, `"${"a".repeat(16_000)}`]) {
      const begun = performance.now();
      expect(() => parseIdempotencyKey([hostile])).toThrow(refused);
      expect(performance.now() - begun).toBeLessThan(10);
    }
  });
});
