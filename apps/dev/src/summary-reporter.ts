import { writeSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Counts tests, not files. What keeps tests from being counted at all (a file that does not load, an error outside
 * of every test, no tests) counts as one failed test, so that `0 failed` is never said of a run that failed.
 */
export function countTests(modules: readonly TestModule[], errorsOutside: number): Counts {
  const counts = { passed: 0, failed: errorsOutside, skipped: 0 };
  for (const module of modules) {
    const states = [...module.children.allTests()].map((test) => test.result().state);
    for (const state of states) if (state !== "pending") counts[state] += 1;
    if (module.state() === "failed" && !states.includes("failed")) counts.failed += 1;
  }
  if (counts.passed + counts.failed === 0) counts.failed = 1;
  return counts;
}

export const summaryLine = ({ passed, failed, skipped }: Counts) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;

/** Ends the output of a run with one line for CI, such as `212 passed, 0 failed`, and agrees with the exit code. */
export class SummaryReporter implements Reporter {
  private counts: Counts = countTests([], 0);

  onInit() {
    // Not before: vitest itself still has to say why a run could not begin.
    process.once("exit", () => {
      if (this.counts.failed > 0) process.exitCode ||= 1;
      writeSync(1, `${summaryLine(this.counts)}\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]) {
    this.counts = countTests(modules, unhandledErrors.length);
  }
}
