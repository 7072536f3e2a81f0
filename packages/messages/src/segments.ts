// The GSM 7 bit default alphabet, row by row of its code table without the escape (3GPP TS 23.038 §6.2.1).
const basicCharacters = new Set(
  "@£$¥èéùìòÇ\nØø\rÅå" +
    "Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ" +
    " !\"#¤%&'()*+,-./" +
    "0123456789:;<=>?" +
    "¡ABCDEFGHIJKLMNO" +
    "PQRSTUVWXYZÄÖÑÜ§" +
    "¿abcdefghijklmno" +
    "pqrstuvwxyzäöñüà",
);
// Its extension table: an escape and a character, so two septets (3GPP TS 23.038 §6.2.1.1).
const extensionCharacters = new Set("\f^{}\\[~]|€");

/** `units` are septets in GSM-7 and UTF-16 code units in UCS-2; `segments` is what a carrier bills. */
export interface SegmentCount {
  readonly encoding: "GSM-7" | "UCS-2";
  readonly units: number;
  readonly segments: number;
}

/**
 * How an SMS of this text travels, in the plain alphabets of 3GPP TS 23.038: 160 septets or 70 UTF-16
 * units alone, 153 or 67 in each part of a longer one (3GPP TS 23.040 §9.2.3.24.1).
 */
export function countSegments(text: string): SegmentCount {
  const characters = Array.from(text); // by code point
  const septets = characters.map(septetsOf);
  if (septets.every((count) => count !== undefined)) return { encoding: "GSM-7", ...fill(septets, 160, 153) };
  const codeUnits = characters.map((character) => character.length);
  return { encoding: "UCS-2", ...fill(codeUnits, 70, 67) };
}

function septetsOf(character: string): number | undefined {
  if (basicCharacters.has(character)) return 1;
  return extensionCharacters.has(character) ? 2 : undefined;
}

// Part by part, because neither an escape sequence nor a surrogate pair may be split between two parts
// (TS 23.040, same clause): dividing the sum would count too few.
function fill(sizes: readonly number[], unitsAlone: number, unitsPerPart: number): { units: number; segments: number } {
  const units = sizes.reduce((sum, size) => sum + size, 0);
  if (units <= unitsAlone) return { units, segments: 1 };
  let segments = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > unitsPerPart) {
      segments += 1;
      used = 0;
    }
    used += size;
  }
  return { units, segments };
}
