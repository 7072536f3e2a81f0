import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { FastifyReply, FastifyRequest } from "fastify";
import { describe, expect, test } from "vitest";
import { authenticate } from "./plugins/authentication.ts";
import { clientIp, code, locale } from "./schemas/verification.ts";

const LENGTH = 100_000;
const long = (unit: string) => unit.repeat(Math.ceil(LENGTH / unit.length));

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
const hostile = runs.flatMap((unit) =>
  ["", "+1", "Bearer ", "en-", "vf_", "1."].flatMap((start) =>
    ["", "!", "\n"].map((end) => `${start}${long(unit)}${end}`),
  ),
);

/** Every literal of the sources that a caller's or a carrier's text may meet; what only looks like one does no harm. */
const LITERAL = /(?<![\w)\]"'`/*])\/(?![*/ ])((?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([dgimsuvy]*)/g;
const root = fileURLToPath(new URL("../../..", import.meta.url));
const files = globSync("{apps/api,packages/otp-core,packages/carriers}/src/**/*.ts", { cwd: root }).filter(
  (file) => !/\.(test|fixture)\.ts$/.test(file),
);
const literals = files.flatMap((file) =>
  [...readFileSync(`${root}/${file}`, "utf8").matchAll(LITERAL)].flatMap(([, source = "", flags = ""]) => {
    try {
      return [{ file, pattern: new RegExp(source, flags) }];
    } catch {
      return [];
    }
  }),
);

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

  test.each(literals)("by $pattern in $file", ({ pattern }) => {
    const read = (text: string) => {
      pattern.lastIndex = 0;
      return pattern.test(text);
    };
    expect(() => hostile.map(read)).not.toThrow();
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
