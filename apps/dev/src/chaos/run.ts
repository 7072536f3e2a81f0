import { setTimeout as delay } from "node:timers/promises";

/** One scenario while it plays. */
export interface Run {
  /** Small loads and the fewest faults that still show something. */
  quick: boolean;
  /** Aborted when somebody asks for a stop, or when the scenario takes too long: everything that waits gives up. */
  signal: AbortSignal;
  /** Its own, deleted when it is over. */
  folder: string;
  /** The program redis-server or valkey-server. */
  redisServer: string;
  /** Adds what is to be done when it is over, however it ends; the last added is done first. */
  onEnd: (action: () => void | Promise<void>) => void;
}

/** @throws when the run is aborted. */
export const pause = (run: Run, ms: number): Promise<void> => delay(ms, undefined, { signal: run.signal });

const BETWEEN_MS = 100;

/** Milliseconds until `look` was true; undefined where that took longer than `timeoutMs`. */
export async function until(
  run: Run,
  timeoutMs: number,
  look: () => Promise<boolean> | boolean,
): Promise<number | undefined> {
  const begun = performance.now();
  for (;;) {
    if (await look()) return performance.now() - begun;
    if (performance.now() - begun > timeoutMs) return undefined;
    await pause(run, BETWEEN_MS);
  }
}

/** What must be so for a scenario to mean anything, such as that a program starts. */
export async function mustBe(run: Run, what: string, timeoutMs: number, look: () => Promise<boolean> | boolean) {
  if ((await until(run, timeoutMs, look)) === undefined) throw new Error(`waited ${timeoutMs / 1000} s for ${what}`);
}

const AT_A_TIME = 20;

/** Runs `work` for every item, some at a time; gives the results in order. */
export async function each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += AT_A_TIME)
    results.push(...(await Promise.all(items.slice(i, i + AT_A_TIME).map(work))));
  return results;
}
