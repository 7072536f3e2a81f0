import { randomInt } from "node:crypto";

/** A number of its own for a test; it does not end in one of the simulator's special endings. */
export const randomNumber = (): string => `+1415${randomInt(200, 1000)}${randomInt(1000, 10_000)}`;

/** A number that ends as the test wants, so that the simulator behaves as its table says. */
export const randomNumberEndingIn = (ending: string): string => `+1415${randomInt(200, 1000)}${ending}`;
