const BASE = 64;
const FIRST_DIGIT = 63;
/** Of a time of a number. */
const TIME_LENGTH = 6;
const TIME_CYCLE = BASE ** TIME_LENGTH;

/** Digits as `parts/digits.lua` writes them. */
export const toDigits = (number: number, length: number): string =>
  String.fromCharCode(
    ...Array.from({ length }, (_, place) => FIRST_DIGIT + (Math.floor(number / BASE ** (length - 1 - place)) % BASE)),
  );
export const fromDigits = (digits: string): number =>
  Buffer.from(digits).reduce((number, byte) => number * BASE + byte - FIRST_DIGIT, 0);

/** The times of a number's requests or calls as `parts/number.lua` keeps them, newest first, modulo two years. */
export const timesOf = (list: string): number[] =>
  Array.from({ length: list.length / TIME_LENGTH }, (_, index) =>
    fromDigits(list.slice(index * TIME_LENGTH, (index + 1) * TIME_LENGTH)),
  );

/** The same list, with every time that much earlier. */
export const agedTimes = (list: string, seconds: number): string =>
  timesOf(list)
    .map((time) => toDigits((time - seconds * 1000 + TIME_CYCLE) % TIME_CYCLE, TIME_LENGTH))
    .join("");
