import { expect, test } from "vitest";
import type { TestModule } from "vitest/node";
import { countTests, summaryLine } from "./summary-reporter.ts";

type State = "passed" | "failed" | "skipped" | "pending";

/** As much of a test module as is counted. */
function moduleWith(states: State[], state: "passed" | "failed" | "skipped" = "passed"): TestModule {
  const tests = states.map((result) => ({ result: () => ({ state: result }) }));
  return { children: { allTests: () => tests }, state: () => state } as unknown as TestModule;
}

const line = (modules: TestModule[], errorsOutside = 0) => summaryLine(countTests(modules, errorsOutside));

test("counts tests over all files", () => {
  expect(line([moduleWith(["passed", "passed"]), moduleWith(["passed", "failed"], "failed")])).toBe(
    "3 passed, 1 failed",
  );
});

test("names skipped tests only where there are some", () => {
  expect(line([moduleWith(["passed", "skipped"])])).toBe("1 passed, 0 failed, 1 skipped");
});

test("never says 0 failed of a run that failed", () => {
  expect(line([moduleWith(["passed"]), moduleWith([], "failed")])).toBe("1 passed, 1 failed");
  expect(line([moduleWith(["passed"])], 2)).toBe("1 passed, 2 failed");
  expect(line([])).toBe("0 passed, 1 failed");
  expect(line([moduleWith(["skipped"])])).toBe("0 passed, 1 failed, 1 skipped");
});
