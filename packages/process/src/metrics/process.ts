import type { ProcessName } from "@watchword/config";
import type { Decision } from "@watchword/otp-core";
import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";

/**
 * The metrics of one process: those of every Node.js process under their usual names, and which process it is. None
 * has a label for that: the scrape adds `instance`, and alerts find a process by `watchword_process_info`.
 */
export function createMetrics(service: ProcessName): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: "watchword_process_info",
    help: "1, with the name of the process: api or worker",
    labelNames: ["service"],
    registers: [registry],
  }).set({ service }, 1);
  return registry;
}

/** How a verification ended; one that expires is ended by nobody, and so not counted. */
export const finishedStatuses = ["approved", "failed", "canceled", "undeliverable"] as const;
export type FinishedStatus = (typeof finishedStatuses)[number];

/** Counts ends of verifications: the API causes some of them, the worker the others. */
export function countFinished(registry: Registry): (status: FinishedStatus) => void {
  const counter = new Counter({
    name: "watchword_verifications_finished_total",
    help: "Verifications that ended, by how",
    labelNames: ["status"],
    registers: [registry],
  });
  atZero(
    counter,
    finishedStatuses.map((status) => ({ status })),
  );
  return (status) => counter.inc({ status });
}

/** Counts decisions of limits: the API makes most of them, the worker those of what a workflow adds. */
export function countDecisions(registry: Registry): (decision: Decision) => void {
  const counter = new Counter({
    name: "watchword_limit_decisions_total",
    help: "Decisions of limits: enforce refused, report would have refused, warn may soon refuse",
    labelNames: ["policy", "mode", "country"],
    registers: [registry],
  });
  return ({ policy, mode, country }) => counter.inc({ policy, mode, country: countryLabel(country) });
}

/** A counter that is not there before its first event hides that event from `rate` and `increase`. */
export function atZero<Label extends string>(
  counter: Counter<Label>,
  labels: readonly Partial<Record<Label, string>>[],
): void {
  for (const each of labels) counter.inc(each, 0);
}

/** An ISO 3166 code as a label; whatever else might come in its place is one value and holds nothing of it. */
export const countryLabel = (country: string | undefined): string =>
  country !== undefined && /^[A-Z]{2}$/.test(country) ? country : "unknown";
