import { expect, test } from "vitest";
import { measure } from "./message-text.ts";

test.each([
  ["x".repeat(160), "GSM-7", 1],
  ["x".repeat(161), "GSM-7", 2],
  ["x".repeat(307), "GSM-7", 3],
  ["[{€}]\n@é", "GSM-7", 1],
  ["€".repeat(81), "GSM-7", 2],
  ["Código: 1", "UCS-2", 1],
  ["д".repeat(70), "UCS-2", 1],
  ["д".repeat(71), "UCS-2", 2],
] as const)("counts the parts that the text takes in its encoding (%#)", (text, encoding, parts) => {
  expect(measure(text)).toEqual({ encoding, parts });
});

test("takes UCS-2 for a GSM text when told to", () => {
  expect(measure("x".repeat(71), { forceUcs2: true })).toEqual({ encoding: "UCS-2", parts: 2 });
});
