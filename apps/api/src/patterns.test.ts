import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { FastifyReply, FastifyRequest } from "fastify";
import { describe, expect, test } from "vitest";
import { authenticate } from "./plugins/authentication.ts";
import { clientIp, code, locale } from "./schemas/verification.ts";

const LENGTH = 100_000;
const long = (unit: string, length: number) => unit.repeat(Math.ceil(length / unit.length));

/** What makes a backtracking pattern slow: long runs that almost match, and end wrong. */
const runs = [
  "0",
  "1 ",
  "- ",
  "a",
  "A-",
  "a-",
  "1-",
  ":",
  "::",
  "0:",
  "1.",
  "f:",
  " ",
  "\t",
  "\n",
  "/",
  "_",
  "{",
  "=",
  "%",
  "*",
  "é",
  "\u0000",
];
const hostileOf = (length: number) =>
  runs.flatMap((unit) =>
    ["", "+1", "Bearer ", "en-", "vf_", "1."].flatMap((start) =>
      ["", "!", "\n"].map((end) => `${start}${long(unit, length)}${end}`),
    ),
  );
const hostile = hostileOf(LENGTH);
const quarter = hostileOf(LENGTH / 4);

/** Every literal of the sources that a caller's or a carrier's text may meet; what only looks like one does no harm. */
const LITERAL = /(?<![\w)\]"'`/*])\/(?![*/ ])((?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([dgimsuvy]*)/g;
const root = fileURLToPath(new URL("../../..", import.meta.url));
const sources =
  "{apps/api,apps/worker,apps/dashboard,packages/otp-core,packages/carriers,packages/messages,packages/process}";
const files = globSync(`${sources}/src/**/*.ts`, { cwd: root }).filter((file) => !/\.(test|fixture)\.ts$/.test(file));
const literals = files.flatMap((file) =>
  [...readFileSync(`${root}/${file}`, "utf8").matchAll(LITERAL)].flatMap(([, source = "", flags = ""]) => {
    try {
      return [{ file, pattern: new RegExp(source, flags) }];
    } catch {
      return [];
    }
  }),
);

/** A linear pattern takes far less for such a text, also on a machine that is busy; one that backtracks takes far more. */
const QUICK_MS = 250;
/** Four times the text takes a linear pattern four times as long, and one that backtracks 16 times and more. */
const MOST_GROWTH = 8;

function msOf(read: () => unknown): number {
  const begun = performance.now();
  read();
  return performance.now() - begun;
}

/** The least of some times, since anything else on this machine can only add to one. */
const leastMs = (read: () => unknown) => Math.min(...Array.from({ length: 3 }, () => msOf(read)));

const growsTooFast = (whole: () => unknown, part: () => unknown) =>
  msOf(whole) >= QUICK_MS && leastMs(whole) > MOST_GROWTH * leastMs(part);

// A pattern that backtracks does not come to an end here within the time-out of a test.
describe("100,000 hostile characters are read to their end", () => {
  test("by patterns of which some were found", () => {
    expect(literals.length).toBeGreaterThan(15);
    const found = literals.map(({ pattern }) => pattern.source);
    for (const known of ["^Bearer +", "^ {0,8}\\+", "^[A-Za-z]{2,8}("]) {
      expect(
        found.some((source) => source.startsWith(known)),
        known,
      ).toBe(true);
    }
  });

  test("which would find a pattern that backtracks", { timeout: 60_000 }, () => {
    const quadratic = (length: number) => () => /\s+$/.test(`${" ".repeat(length)}x`);
    expect(growsTooFast(quadratic(20_000), quadratic(5000))).toBe(true);
  });

  test.each(literals)("by $pattern in $file", ({ pattern }) => {
    const read = (text: string) => {
      pattern.lastIndex = 0;
      return pattern.test(text);
    };
    const slow = hostile.filter((text, index) =>
      growsTooFast(
        () => read(text),
        () => read(quarter[index] ?? ""),
      ),
    );
    expect(slow.map((text) => JSON.stringify(text.slice(0, 20)))).toEqual([]);
  });

  test.each(Object.entries({ code, locale, clientIp }))("by the schema of a %s, and refused", (_name, schema) => {
    for (const text of hostile) expect(schema.safeParse(text).success).toBe(false);
  });

  test("as the header that has the key, and refused", () => {
    let refused = 0;
    const refuse = (_request: FastifyRequest, reply: FastifyReply) => {
      refused += 1;
      return reply;
    };
    const hook = authenticate({ find: () => undefined }, refuse) as (
      request: object,
      reply: object,
      done: () => void,
    ) => void;
    for (const authorization of hostile) hook({ headers: { authorization } }, {}, () => undefined);
    expect(refused).toBe(hostile.length);
  });
});
