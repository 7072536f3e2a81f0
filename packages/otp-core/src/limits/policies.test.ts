import { expect, test } from "vitest";
import { numberRequests, policyArguments } from "./policies.ts";

test("a number may be asked a code for five times in 15 minutes and ten times in a day", () => {
  expect(numberRequests.map(({ limit, windowSeconds }) => [limit, windowSeconds])).toEqual([
    [5, 15 * 60],
    [10, 24 * 3600],
  ]);
});

test("every policy has a name of its own, fit for a header field", () => {
  const names = numberRequests.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
});

test("the scripts get limit and window in milliseconds, in the order of the policies", () => {
  const policies = [
    { name: "first", limit: 2, windowSeconds: 1 },
    { name: "second", limit: 7, windowSeconds: 60 },
  ];
  expect(policyArguments(policies)).toEqual([2, 1000, 7, 60_000]);
});
