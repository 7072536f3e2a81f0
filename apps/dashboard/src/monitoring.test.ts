import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createMetrics, finishedStatuses, jobStates, measureBacklog, measureRedis } from "@watchword/process/metrics";
import { attemptOutcomes, connectForRequests, deliveryStatuses, eventTypes } from "@watchword/otp-core";
import { describe, expect, test } from "vitest";
import { checkResults, createApiMetrics, webhookResults } from "../../api/src/metrics.ts";
import { createWorkerMetrics, notificationResults, receiptResults } from "../../worker/src/metrics.ts";

const folder = fileURLToPath(new URL("../monitoring/", import.meta.url));
const read = (name: string) => readFileSync(`${folder}${name}`, "utf8");

interface Metric {
  name: string;
  type: string;
  labels: readonly string[];
}

/** All that API and worker serve; nothing of it is asked for. */
function servedMetrics(): Map<string, Metric> {
  const [api, worker] = [createMetrics("api"), createMetrics("worker")];
  createApiMetrics(api);
  createWorkerMetrics(worker);
  const redis = connectForRequests("redis://127.0.0.1:1");
  redis.on("error", () => undefined).disconnect();
  for (const registry of [api, worker]) {
    measureRedis(registry, redis);
    measureBacklog(registry, () => undefined);
  }
  const metrics = [api, worker].flatMap((registry) => registry.getMetricsAsArray());
  return new Map(
    metrics.map((metric) => {
      const { name, type, labelNames } = metric as unknown as { name: string; type: string; labelNames: string[] };
      return [name, { name, type, labels: labelNames }];
    }),
  );
}

const served = servedMetrics();

/** The metric whose series a name is: a histogram has three of them. */
function metricOf(series: string): Metric | undefined {
  const histogram = served.get(series.replace(/_(bucket|sum|count)$/, ""));
  return histogram?.type === "histogram" && histogram.name !== series ? histogram : served.get(series);
}

/** The values that a label of a metric can have, where they are few and known. */
const known: Record<string, Record<string, readonly string[]>> = {
  watchword_process_info: { service: ["api", "worker"] },
  watchword_verifications_finished_total: { status: finishedStatuses },
  watchword_checks_total: { result: checkResults },
  watchword_webhooks_total: { result: webhookResults },
  watchword_delivery_attempts_total: { outcome: attemptOutcomes },
  watchword_carrier_request_duration_seconds: { outcome: attemptOutcomes.filter((outcome) => outcome !== "skipped") },
  watchword_receipts_total: { status: deliveryStatuses, result: receiptResults },
  watchword_notifications_total: { type: eventTypes, result: notificationResults },
  watchword_queue_jobs: { state: jobStates },
};

const seriesIn = (text: string) => [...new Set(text.match(/\b(?:watchword|process|nodejs)_[a-z0-9_]+/g))];
const selectorsIn = (text: string) =>
  [...text.matchAll(/\b(\w+)\{([^}]*)\}/g)].map(([, series = "", labels = ""]) => ({
    series,
    matchers: [...labels.matchAll(/(\w+)(=~|=|!=|!~)"([^"]*)"/g)].map(([, label = "", , value = ""]) => ({
      label,
      value,
    })),
  }));
/** Labels that the scrape adds. */
const added = ["job", "instance"];

/** What of an expression is not there: metrics, labels, values of labels, labels that it groups by. */
function deadParts(expr: string): string[] {
  const metrics = seriesIn(expr).map((series) => ({ series, metric: metricOf(series) }));
  const unknown = metrics.filter(({ metric }) => !metric).map(({ series }) => series);
  const bare = metrics.filter(({ series, metric }) => metric?.type === "histogram" && metric.name === series);
  const matched = selectorsIn(expr).flatMap(({ series, matchers }) => {
    const metric = metricOf(series);
    return matchers.flatMap(({ label, value }) => {
      if (metric && ![...metric.labels, ...added].includes(label)) return [`${series}{${label}}`];
      const values = metric && known[metric.name]?.[label];
      const dead = values ? value.split("|").filter((each) => !values.includes(each)) : [];
      return dead.map((each) => `${series}{${label}="${each}"}`);
    });
  });
  const labels = new Set(metrics.flatMap(({ metric }) => [...(metric?.labels ?? []), "le", ...added]));
  // The alert on queues without attempts makes a queue's name of the two.
  if (expr.includes("label_join")) labels.add("queue");
  const grouped = [...expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(/, */));
  return [
    ...unknown,
    ...bare.map(({ series }) => series),
    ...matched,
    ...grouped.filter((label) => !labels.has(label)),
  ];
}

interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: { uid: string };
  targets?: { refId: string; expr: string; legendFormat: string; datasource: { uid: string } }[];
}

interface Dashboard {
  uid: string;
  title: string;
  panels: Panel[];
  templating: { list: { name: string; type: string; query: string | { query: string } }[] };
}

const dashboard = JSON.parse(read("grafana-dashboard.json")) as Dashboard;
const shown = dashboard.panels.filter(({ type }) => type !== "row");

describe("the dashboard", () => {
  test.each(shown)("asks in $title for what API or worker serve", ({ targets = [] }) => {
    expect(targets.length).toBeGreaterThan(0);
    for (const { expr, legendFormat } of targets) {
      expect(seriesIn(expr).length, expr).toBeGreaterThan(0);
      expect(deadParts(expr), expr).toEqual([]);
      const legend = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
      const grouped = [...expr.matchAll(/\b(?:by|on|group_left) \(([^)]*)\)/g)].map(([, list]) => list).join(",");
      for (const label of legend) expect(grouped.split(/, */), legendFormat).toContain(label);
    }
  });

  test("shows every metric of Watchword", () => {
    const asked = new Set(
      shown.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => seriesIn(expr).map((s) => metricOf(s)?.name))),
    );
    const own = [...served.keys()].filter((name) => name.startsWith("watchword_"));
    expect(own.filter((name) => !asked.has(name))).toEqual([]);
  });

  test("has panels with ids and titles of their own that do not cover each other", () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    for (const { targets = [] } of panels) expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
  });

  test("takes its data from the source that is chosen, and knows every variable that it uses", () => {
    const variables = new Set(dashboard.templating.list.map(({ name }) => name));
    for (const panel of shown) {
      for (const { datasource } of [panel, ...(panel.targets ?? [])]) expect(datasource?.uid).toBe("${datasource}");
    }
    const used = JSON.stringify(dashboard).match(/\$\{?[a-z]\w*/g) ?? [];
    expect(used.map((name) => name.replace(/\W/g, "")).filter((name) => !variables.has(name))).toEqual([]);
    for (const { type, query } of dashboard.templating.list) {
      if (type === "query") expect(deadParts(JSON.stringify(query))).toEqual([]);
    }
  });
});

describe("the alerts", () => {
  const rules = read("prometheus-alerts.yml")
    .split(/^ {6}- alert: /m)
    .slice(1)
    .map((rule) => ({
      name: rule.split("\n")[0] ?? "",
      rule,
      expr: /^ {8}expr: (.*?)^ {8}\w+:/ms.exec(rule)?.[1] ?? "",
    }));
  const tested = read("prometheus-alerts.test.yml");

  test.each(rules)(
    "$name asks for what API or worker serve, and says how bad it is and what to do",
    ({ rule, expr }) => {
      expect(seriesIn(expr).length).toBeGreaterThan(0);
      expect(deadParts(expr)).toEqual([]);
      expect(rule).toMatch(/labels: \{ severity: (warning|critical) \}/);
      for (const field of ["summary", "description"]) expect(rule).toMatch(new RegExp(`^ {10}${field}: `, "m"));
    },
  );

  test("have names of their own, and each one is tested to fire and to be silent", () => {
    const names = rules.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(8);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) {
      expect(tested).toContain(`alertname: ${name}, exp_alerts: [] }`);
      expect(tested).toMatch(new RegExp(`alertname: ${name}\\n +exp_alerts:|alertname: ${name}, exp_alerts: \\*`));
    }
    const inTests = [...tested.matchAll(/alertname: (\w+)/g)].map(([, name]) => name);
    expect(inTests.filter((name) => name === undefined || !names.includes(name))).toEqual([]);
  });

  const promtool = (...args: string[]) => spawnSync("promtool", args, { cwd: folder, encoding: "utf8" });

  test.runIf(promtool("--version").status === 0)(
    "pass their own unit tests where promtool is installed",
    () => {
      const checked = promtool("test", "rules", "prometheus-alerts.test.yml");
      expect(checked.status, checked.stdout + checked.stderr).toBe(0);
      expect(promtool("check", "config", "--syntax-only", "prometheus-scrape.yml").status).toBe(0);
    },
    30_000,
  );
});

describe("a dead part is found:", () => {
  test.each([
    ["rate(watchword_nothing_total[5m])", "watchword_nothing_total"],
    ["watchword_http_request_duration_seconds", "watchword_http_request_duration_seconds"],
    ['watchword_redis_up{queue="x"}', "watchword_redis_up{queue}"],
    ['watchword_checks_total{result=~"right|rong"}', 'watchword_checks_total{result="rong"}'],
    ["sum by (route) (watchword_redis_up)", "route"],
  ])("%s", (expr, dead) => {
    expect(deadParts(expr)).toEqual([dead]);
  });
});
