import {
  isSupportedCountry,
  type NumberType,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
} from "libphonenumber-js/max";
import { WatchwordError } from "./errors.ts";

export interface PhoneNumber {
  /** `+` and up to 15 digits (ITU-T E.164). */
  e164: string;
  /** ISO 3166-1 alpha-2. */
  country: string;
  /** A fixed line for certain, which no SMS reaches; where mobile numbers look the same it is not certain. */
  landline: boolean;
}

export interface DestinationRules {
  /** Countries that may be sent to; `["*"]` is every one. */
  allowedCountries: readonly string[];
  /** Lets possible but unassigned numbers through, such as fictional ones. */
  allowUnassigned: boolean;
}

/** Whether numbers of a country are known by this code: `GB` is, `UK` is not. */
export const isKnownCountry = (code: string): boolean => isSupportedCountry(code);

/** International form with ASCII digits, and the separators people type; libphonenumber alone would take far more. */
const WRITTEN = /^ {0,8}\+[\d ().-]{4,40}$/;

/** Nobody receives a code there: the called party is paid, or it is not a person's own line. */
const REFUSED_TYPES: ReadonlySet<NumberType> = new Set<NumberType>([
  "PREMIUM_RATE",
  "TOLL_FREE",
  "SHARED_COST",
  "PERSONAL_NUMBER",
  "PAGER",
  "UAN",
  "VOICEMAIL",
]);

/** ITU-T E.164 section 6.2.1. */
const MAX_DIGITS = 15;

const LENGTH_REASONS = {
  INVALID_COUNTRY: "it does not start with a country calling code",
  NOT_A_NUMBER: "it is not a phone number",
  TOO_SHORT: "it is too short",
  TOO_LONG: "it is too long",
  INVALID_LENGTH: "no number of this country has this length",
};

const HOW_TO_WRITE = "write it as + and digits, such as +14155550123";

const invalid = (reason: string, field = "to") =>
  new WatchwordError("invalid_phone_number", `This is not a usable phone number: ${reason}.`, {
    errors: [{ field, message: reason }],
  });

/**
 * The number as it is kept, whether or not codes are sent there any more.
 * @param field where the caller wrote it
 * @throws {WatchwordError} `invalid_phone_number`.
 */
export function normalizePhoneNumber(written: string, field: string): string {
  if (!WRITTEN.test(written)) throw invalid(HOW_TO_WRITE, field);
  const number = parsePhoneNumberFromString(written.trim(), { extract: false });
  if (!number) throw invalid(LENGTH_REASONS.NOT_A_NUMBER, field);
  return number.number;
}

/** A number that there is, whether or not codes are sent there. */
interface ReadNumber {
  /** `+` and up to 15 digits (ITU-T E.164). */
  e164: string;
  /** Undefined for a possible but unassigned one that belongs to no country at all. */
  country: string | undefined;
  type: NumberType | undefined;
}

/**
 * Reads a number in international form, e.g. `+1 (415) 555-0123`.
 * @throws {WatchwordError} `invalid_phone_number` with the reason.
 */
export function readPhoneNumber(
  written: string,
  { allowUnassigned }: Pick<DestinationRules, "allowUnassigned">,
): ReadNumber {
  if (!WRITTEN.test(written)) throw invalid(HOW_TO_WRITE);
  const number = parsePhoneNumberFromString(written.trim(), { extract: false });
  // With the full metadata a number has a type if it is assigned, and only then.
  const type = number?.getType();
  if (!number || (type === undefined && !number.isPossible())) {
    throw invalid(LENGTH_REASONS[validatePhoneNumberLength(written) ?? "NOT_A_NUMBER"]);
  }
  // Some national plans are open-ended; the international one is not.
  if (number.number.length > 1 + MAX_DIGITS) throw invalid(LENGTH_REASONS.TOO_LONG);
  if (type === undefined && !allowUnassigned) throw invalid("no such number is assigned to anybody");
  // A possible but unassigned number belongs to no country for certain: the calling code's main one stands for it.
  return { e164: number.number, country: number.country ?? number.getPossibleCountries()[0], type };
}

/**
 * The same for a number that a code is to be sent to.
 * @throws {WatchwordError} `invalid_phone_number` with the reason, or `unsupported_destination` for a country or a
 *   line type that is not sent to.
 */
export function parsePhoneNumber(written: string, rules: DestinationRules): PhoneNumber {
  const { e164, country, type } = readPhoneNumber(written, rules);
  if (country === undefined || (type && REFUSED_TYPES.has(type))) {
    throw new WatchwordError("unsupported_destination", "Codes are not sent to this kind of number.");
  }
  mustBeAllowed(country, rules);
  return { e164, country, landline: type === "FIXED_LINE" };
}

/** @throws {WatchwordError} `unsupported_destination`. */
export function mustBeAllowed(country: string, { allowedCountries }: Pick<DestinationRules, "allowedCountries">): void {
  if (!allowedCountries.includes(country) && allowedCountries[0] !== "*")
    throw new WatchwordError("unsupported_destination", "Codes are not sent to this country.");
}

/** What stands in a masked number for the hidden digits. */
const HIDDEN = "•••";

/** Digits at the end of a number that may be shown: four, and fewer of the few numbers that have less than ten digits. */
const endLength = (e164: string) => Math.max(1, Math.min(4, e164.length - 7));

/**
 * `+14155550123` becomes `+1415•••0123`. At least three digits are always hidden that are not of the calling code, since
 * the country is kept beside it.
 */
export function maskPhoneNumber(e164: string): string {
  const shown = Math.max(0, Math.min(4, e164.length - 8));
  return `${e164.slice(0, 1 + shown)}${HIDDEN}${e164.slice(-endLength(e164))}`;
}

/** A number less the digits that a mask shows at its end, and those: `+1415555` and `0123`. */
export const splitArea = (e164: string): [area: string, digits: string] => [
  e164.slice(0, -endLength(e164)),
  e164.slice(-endLength(e164)),
];

/** A masked number in ASCII, as it is kept: one character beyond Latin-1 makes a whole batch of commands slow to write. */
export const encodeMask = (masked: string): string => masked.replace(HIDDEN, "*");
export const decodeMask = (kept: string): string => kept.replace("*", HIDDEN);

/** Of a masked number as it is kept: what it shows of the beginning with the mask itself, and what it shows of the end. */
export function splitMask(kept: string): [beginning: string, digits: string] {
  const end = kept.indexOf("*") + 1;
  return [kept.slice(0, end), kept.slice(end)];
}
