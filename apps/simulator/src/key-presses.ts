import { BoundedMap } from "./bounded-map.ts";
import { canonical } from "./phones.ts";

const rememberedNumbers = 10_000;
const keysPerNumber = 100;

/** The keys that people are going to press, by number: one for each time that a call asks for one. */
export class KeyPresses {
  readonly #waiting = new BoundedMap<string, string>(rememberedNumbers);

  /** @returns all that wait to be pressed now, the first one first */
  add(number: string, keys: string): string {
    const waiting = ((this.#waiting.get(canonical(number)) ?? "") + keys).slice(0, keysPerNumber);
    this.#waiting.set(canonical(number), waiting);
    return waiting;
  }

  /** The next one; undefined where the person presses nothing. */
  take(number: string): string | undefined {
    const waiting = this.#waiting.get(canonical(number));
    if (waiting === undefined) return undefined;
    if (waiting.length > 1) this.#waiting.set(canonical(number), waiting.slice(1));
    else this.#waiting.delete(canonical(number));
    return waiting[0];
  }
}
