import type { Run } from "./run.ts";

/** One bound and what was measured against it. */
export interface Check {
  what: string;
  measured: string;
  bound: string;
  ok: boolean;
}

export interface Findings {
  /** Verifications that were answered with 202. */
  accepted: number;
  /** SMS of them that the carrier delivered, counted there. */
  sent: number;
  /** Accepted, and neither sent nor ended. */
  lost: number;
  /** SMS beyond the first of a verification. */
  duplicates: number;
  checks: Check[];
  /** What helps to understand a failure: ids, statuses, log lines; no number and no code. */
  evidence: string[];
}

export interface Scenario {
  name: string;
  /** The fault, in one line. */
  fault: string;
  /** Scenarios that load the machine play one after another; those that mostly wait play beside them, likewise. */
  lane: "load" | "wait";
  /** Whether it has a variant of some seconds. */
  quick?: true;
  /** Why it cannot be played on this version; undefined where it can. */
  obstacle?: () => string | undefined;
  play: (run: Run) => Promise<Findings>;
}

export const check = (what: string, measured: number | string, bound: string, ok: boolean): Check => ({
  what,
  measured: String(measured),
  bound,
  ok,
});

export const seconds = (ms: number | undefined): string => (ms === undefined ? "never" : `${(ms / 1000).toFixed(1)} s`);

/** What is worth knowing and has no bound. */
export const note = (what: string, measured: number | string): Check => check(what, measured, "", true);

/** Of several times; never, where one of them never came. */
export const slowest = (times: readonly (number | undefined)[]): number | undefined =>
  times.includes(undefined) ? undefined : Math.max(...times.map(Number));

/** A time against its upper bound; a time that never came is over it. */
export const within = (what: string, ms: number | undefined, boundMs: number): Check =>
  check(what, seconds(ms), `< ${boundMs / 1000} s`, ms !== undefined && ms < boundMs);

/** A count against what it has to be. */
export const exactly = (what: string, measured: number, expected: number): Check =>
  check(what, measured, String(expected), measured === expected);

export const atMost = (what: string, measured: number, most: number): Check =>
  check(what, measured, `≤ ${most}`, measured <= most);
