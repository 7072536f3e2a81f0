const base64Forms = (text: string) =>
  // A text within a longer one is encoded in one of three ways, by where it begins; its ends share characters with others.
  ["", "x", "xx"].flatMap((before) => {
    const encoded = Buffer.from(before + text).toString("base64");
    const own = encoded.slice(before === "" ? 0 : 4, -4);
    return [own, own.replaceAll("+", "-").replaceAll("/", "_")];
  });

const encoded = (text: string) => [
  text,
  Buffer.from(text).toString("hex"),
  text.split("").toReversed().join(""),
  ...base64Forms(text),
];

/** The ways in which a number of the form +1XXXXXXXXXX could be written down; with and without its plus are one. */
export function writtenNumber(number: string): string[] {
  const [area, exchange, line] = [number.slice(2, 5), number.slice(5, 8), number.slice(8)];
  const spelled = [`${area}) ${exchange}-${line}`, `${area}-${exchange}-${line}`, `${area} ${exchange} ${line}`];
  return [...encoded(number.slice(2)), ...encoded(number.slice(1)), ...spelled];
}

/** The ways in which a code could be written down, digit by digit too, as a call says it. */
export const writtenCode = (code: string): string[] => [
  ...encoded(code),
  ...[", ", ",", " ", "-"].map((between) => Array.from(code).join(between)),
];

/** What is secret as it is: a token, a key. */
export const writtenSecret = (secret: string): string[] => encoded(secret);
