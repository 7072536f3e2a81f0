import { describe, expect, test } from "vitest";
import { countSegments } from "./segments.ts";

const basic =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

describe("GSM-7", () => {
  test("all 127 characters of the default alphabet cost one septet each", () => {
    expect(countSegments(basic)).toEqual({ encoding: "GSM-7", units: 127, segments: 1 });
  });

  test.each(Array.from("\f^{}\\[~]|€"))("the extension character %j costs two septets", (character) => {
    expect(countSegments(`a${character}`)).toEqual({ encoding: "GSM-7", units: 3, segments: 1 });
  });

  test.each([
    ["nothing", "", 0, 1],
    ["160 septets", "a".repeat(160), 160, 1],
    ["161 septets", "a".repeat(161), 161, 2],
    ["two full parts", "a".repeat(306), 306, 2],
    ["one more than two full parts", "a".repeat(307), 307, 3],
    ["80 euro signs", "€".repeat(80), 160, 1],
    ["a euro sign across 160", `${"a".repeat(159)}€`, 161, 2],
  ])("counts the segments of %s", (_name, text, units, segments) => {
    expect(countSegments(text)).toEqual({ encoding: "GSM-7", units, segments });
  });

  test("does not split an escape sequence between two parts", () => {
    const text = `${"a".repeat(152)}€${"a".repeat(152)}`;
    expect(countSegments(text)).toEqual({ encoding: "GSM-7", units: 306, segments: 3 });
  });
});

describe("UCS-2", () => {
  test.each(Array.from("áíóúçãêşğıİęół`’–я验한"))(
    "%s, which the default alphabet lacks, changes the encoding of the whole text",
    (character) => {
      expect(countSegments(`code ${character}`)).toMatchObject({ encoding: "UCS-2", units: 6 });
    },
  );

  test.each([
    ["70 units", "я".repeat(70), 70, 1],
    ["71 units", "я".repeat(71), 71, 2],
    ["two full parts", "я".repeat(134), 134, 2],
    ["one more than two full parts", "я".repeat(135), 135, 3],
    ["35 emoji", "😀".repeat(35), 70, 1],
    ["36 emoji", "😀".repeat(36), 72, 2],
    ["GSM extension characters, one unit here", `я${"€".repeat(69)}`, 70, 1],
    ["an unpaired surrogate", "\ud83d", 1, 1],
  ])("counts the segments of %s", (_name, text, units, segments) => {
    expect(countSegments(text)).toEqual({ encoding: "UCS-2", units, segments });
  });

  test("does not split a surrogate pair between two parts", () => {
    const text = `${"я".repeat(66)}😀${"я".repeat(66)}`;
    expect(countSegments(text)).toEqual({ encoding: "UCS-2", units: 134, segments: 3 });
  });
});
