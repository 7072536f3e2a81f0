import { randomInt } from "node:crypto";

/** A one-time code of decimal digits from a CSPRNG, uniform over all of them, leading zeros included. */
export const generateCode = (length: number): string => String(randomInt(10 ** length)).padStart(length, "0");

/** What every code is, its own ones and those that a request brings. */
export const codePattern: RegExp = /^\d{4,10}$/;

/** People type codes as they read them: spaces and dashes do not count. */
export const normalizeCode = (typed: string): string => typed.replace(/[\s-]/g, "");

/** Whether what was typed may be a code at all: what cannot be one says nothing about any. */
export const couldBeCode = (typed: string): boolean => codePattern.test(normalizeCode(typed));
