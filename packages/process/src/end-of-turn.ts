import { setImmediate } from "node:timers/promises";

let end: Promise<void> | undefined;

async function nextEnd(): Promise<void> {
  await setImmediate();
  end = undefined;
}

/**
 * Resolves when all that there is to read in this turn of the event loop has been read, for everybody who waits at once.
 * To read everything and then to work on everything takes a process a fifth less time than to do both for one after the
 * other: the code of each would drive the other's out of the processor's caches.
 */
export const endOfTurn = (): Promise<void> => (end ??= nextEnd());
