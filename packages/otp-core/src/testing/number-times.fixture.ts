const TIME_LENGTH = 6;
const FIRST_DIGIT = 63;
const CYCLE = 64 ** TIME_LENGTH;

/** The times of a number's requests or calls as `parts/number.lua` keeps them, newest first, modulo two years. */
export const timesOf = (list: string): number[] =>
  Array.from({ length: list.length / TIME_LENGTH }, (_, index) =>
    Buffer.from(list.slice(index * TIME_LENGTH, (index + 1) * TIME_LENGTH)).reduce(
      (time, byte) => time * 64 + byte - FIRST_DIGIT,
      0,
    ),
  );

const encode = (time: number) =>
  String.fromCharCode(
    ...Array.from(
      { length: TIME_LENGTH },
      (_, place) => FIRST_DIGIT + (Math.floor(time / 64 ** (TIME_LENGTH - 1 - place)) % 64),
    ),
  );

/** The same list, with every time that much earlier. */
export const agedTimes = (list: string, seconds: number): string =>
  timesOf(list)
    .map((time) => encode((time - seconds * 1000 + CYCLE) % CYCLE))
    .join("");
