import { randomInt } from "node:crypto";

/** Enough of them that one demo after another meets no limit of a number. */
const areaCodes = (
  "201 202 206 212 213 214 215 303 305 310 312 313 314 404 408 410 412 415 503 504 512 602 612 615 617 619 702 703 " +
  "713 718 801 808 816 901 904 916 919"
).split(" ");

/**
 * A random US number among 555-0100 to 555-0199, which belong to nobody in any area code (NANPA), and which none of
 * the simulator's behaviours by last four digits (0001 to 0014) meets.
 */
export function fictionalNumber(random: (end: number) => number = randomInt): string {
  const area = areaCodes[random(areaCodes.length)];
  return `+1${area}55501${String(random(100)).padStart(2, "0")}`;
}
