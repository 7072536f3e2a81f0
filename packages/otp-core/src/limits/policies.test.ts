import { expect, test } from "vitest";
import { scriptText } from "../store/scripts.ts";
import {
  limitBounds,
  limitProblems,
  numberPolicies,
  policies,
  policyArguments,
  policyNames,
  policyOf,
} from "./policies.ts";

test("a number may be asked a code for five times in 15 minutes and ten times in a day", () => {
  expect(numberPolicies().map(({ limit, windowSeconds }) => [limit, windowSeconds])).toEqual([
    [5, 15 * 60],
    [10, 24 * 3600],
  ]);
});

test("every policy has a name fit for a header field, and a default that an operator could write", () => {
  for (const name of policyNames) expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
  expect(limitProblems(policies)).toEqual([]);
});

test("an application's own limit stands in place of the default, and false turns it off", () => {
  const overrides = { prefix: { limit: 7, windowSeconds: 60 }, "number-15m": false } as const;
  expect(policyOf(overrides, "prefix")).toEqual({ name: "prefix", limit: 7, windowSeconds: 60 });
  expect(policyOf(overrides, "number-15m")).toBeUndefined();
  expect(policyOf(overrides, "sweep")).toEqual({ name: "sweep", ...policies.sweep });
  expect(numberPolicies(overrides).map(({ name }) => name)).toEqual(["number-24h"]);
});

test.each([
  ["an unknown name", { prefixes: false }],
  ["a limit of none", { prefix: { limit: 0, windowSeconds: 60 } }],
  ["half a request", { prefix: { limit: 1.5, windowSeconds: 60 } }],
  ["a list too long to keep", { address: { limit: 201, windowSeconds: 60 } }],
  ["more failures than NIST SP 800-63B lets pass", { "number-lock": { limit: 101, windowSeconds: 900 } }],
  ["no lock", { "number-lock": false }],
  ["a window of seconds", { prefix: { limit: 1, windowSeconds: 59 } }],
  ["a window of days", { "country-24h": { limit: 1, windowSeconds: 86_401 } }],
] as const)("%s is refused, by the policy's name", (_what, overrides) => {
  expect(limitProblems(overrides)).toEqual([expect.stringContaining(Object.keys(overrides)[0] ?? "")]);
});

test("the scripts keep as much as the largest limit needs", () => {
  const constant = (script: string, name: string) =>
    Number(new RegExp(`local (?:\\w+, )*?${name}(?:, \\w+)* = (\\d+)`).exec(scriptText(script))?.[1]);
  for (const name of ["address", "prefix", "sweep"] as const)
    expect(limitBounds[name].limit[1]).toBe(constant("admit", "MOST_EVENTS"));
  expect(limitBounds["number-lock"].limit[1]).toBe(constant("check", "MOST_FAILURES"));
});

test("the scripts get name, limit and window in milliseconds, in the order of the policies", () => {
  const list = [
    { name: "first", limit: 2, windowSeconds: 1 },
    { name: "second", limit: 7, windowSeconds: 60 },
  ];
  expect(policyArguments(list)).toBe("first 2 1000 second 7 60000");
});
