import { randomInt } from "node:crypto";

/** A one-time code of decimal digits from a CSPRNG, uniform over all of them, leading zeros included. */
export const generateCode = (length: number): string => String(randomInt(10 ** length)).padStart(length, "0");

/** People type codes as they read them: spaces and dashes do not count. */
export const normalizeCode = (typed: string): string => typed.replace(/[\s-]/g, "");
