import { describe, expect, test } from "vitest";
import { findServer } from "../redis/server.ts";
import { play, sweepFolders } from "./play.ts";
import { scenarios } from "./scenarios.ts";

const quick = scenarios.filter((scenario) => scenario.quick);

// They start and kill a Redis of their own; where tests have one in a container there may be no server to start.
describe.skipIf(findServer(process.env["PATH"]) === undefined)("a running Watchword", () => {
  sweepFolders();
  test.each(quick)("keeps its promises through: $fault", { timeout: 180_000 }, async (scenario) => {
    const row = await play(scenario, { quick: true, signal: new AbortController().signal });
    const missed = "findings" in row ? row.findings.checks.filter(({ ok }) => !ok) : row;
    expect(missed, JSON.stringify(row, null, 2)).toEqual([]);
  });
});
