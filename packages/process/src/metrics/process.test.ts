import { Counter } from "prom-client";
import { describe, expect, test } from "vitest";
import { atZero, countFinished, countryLabel, createMetrics } from "./process.ts";

describe("the metrics of a process", () => {
  test("are those of every Node.js process, under their usual names, and say which process it is", async () => {
    const text = await createMetrics("worker").metrics();
    for (const name of [
      "process_cpu_seconds_total",
      "process_resident_memory_bytes",
      "nodejs_eventloop_lag_p99_seconds",
    ]) {
      expect(text).toMatch(new RegExp(`^${name} `, "m"));
    }
    expect(text).toContain('watchword_process_info{service="worker"} 1');
  });

  test("are a process's own: a second registry shares nothing with the first", async () => {
    const [one, other] = [createMetrics("api"), createMetrics("worker")];
    countFinished(one)("approved");
    expect(await one.metrics()).toContain('watchword_verifications_finished_total{status="approved"} 1');
    expect(await other.metrics()).not.toContain("watchword_verifications_finished_total");
  });
});

test("a counter stands at zero before its first event, and where it was after it", async () => {
  const registry = createMetrics("api");
  const counter = new Counter({ name: "seen_total", help: "Seen", labelNames: ["what"], registers: [registry] });
  counter.inc({ what: "one" });
  atZero(counter, [{ what: "one" }, { what: "two" }]);
  const text = await registry.getSingleMetricAsString("seen_total");
  expect(text.split("\n").slice(2)).toEqual(['seen_total{what="one"} 1', 'seen_total{what="two"} 0']);
});

test.each([
  ["US", "US"],
  [undefined, "unknown"],
  ["", "unknown"],
  ["001", "unknown"],
  ["+14155550123", "unknown"],
  ["us", "unknown"],
  ["US\n", "unknown"],
])("the country %j is labelled %s", (country, label) => {
  expect(countryLabel(country)).toBe(label);
});
