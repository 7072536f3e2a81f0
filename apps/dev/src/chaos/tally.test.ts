import { describe, expect, test } from "vitest";
import type { Start } from "./load.ts";
import type { Stack } from "./stack.ts";
import { judge, type Verdict } from "./tally.ts";

/** A carrier that has delivered one SMS to each number; nothing else of the stack is asked. */
const stack = {
  apps: [],
  carrier: { messagesTo: async () => [{ text: "123456 is your code.", at: new Date(0).toISOString() }] },
} as unknown as Stack;

const starts = (status: number, count: number): Start[] =>
  Array.from({ length: count }, (_, i) => ({
    to: `+1415555010${i}`,
    at: 0,
    answer: { status, ms: 1, body: status === 202 ? { id: `vf_${i}` } : {} },
  }));

const failed = async (all: readonly Start[], verdict: Partial<Verdict> = {}) =>
  (await judge(stack, all, { checks: [], ...verdict })).checks.filter(({ ok }) => !ok).map(({ what }) => what);

const served = ["starts accepted and sent"];

describe("a scenario fails, although nothing was lost,", () => {
  test("where every start was refused", async () => {
    expect(await failed(starts(503, 5))).toEqual(served);
  });

  test("where nothing was asked for", async () => {
    expect(await failed([])).toEqual(served);
  });

  test("where fewer were served than it has to be", async () => {
    expect(await failed([...starts(202, 8), ...starts(503, 2)], { leastServed: 0.9 })).toEqual(served);
  });
});

describe("a scenario passes", () => {
  test("where some were served, and it does not say how many have to be", async () => {
    expect(await failed([...starts(202, 1), ...starts(503, 9)])).toEqual([]);
  });

  test("where as many were served as have to be", async () => {
    expect(await failed([...starts(202, 9), ...starts(503, 1)], { leastServed: 0.9 })).toEqual([]);
  });
});
