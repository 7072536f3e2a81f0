import { areaCodes } from "../demo/fictional-number.ts";

/** An ending of a number that the simulator treats in its own way; the README lists them. */
export type Ending = `00${number}`;

export type NumberSource = (ending?: Ending) => string;

/**
 * Numbers in the exchange 555, which belong to nobody, each given once. The area code changes first, so that few
 * share a prefix: a limit of a prefix or of a range is not what is tried here.
 */
export function numberSource(): NumberSource {
  const given = new Map<string, number>();
  return (ending) => {
    const index = given.get(ending ?? "") ?? 0;
    given.set(ending ?? "", index + 1);
    const area = areaCodes[index % areaCodes.length];
    const round = Math.floor(index / areaCodes.length);
    if (round >= (ending ? 1 : 100)) throw new Error("no fictional number is left");
    return `+1${area}555${ending ?? `01${String(round).padStart(2, "0")}`}`;
  };
}
