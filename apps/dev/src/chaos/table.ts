import type { Row } from "./play.ts";

const columns = ["scenario", "accepted", "sent", "lost", "duplicates"] as const;
const SEPARATOR = "  ";

/** What one row says beside its counts, each on a line of its own. */
const words = { passed: "PASS", failed: "FAIL", broken: "FAIL", "not played": "not played" } as const;

function lines(row: Row): string[] {
  const first = `${words[row.result]} (${row.seconds} s)  ${row.fault}`;
  if (!("findings" in row)) return [first, row.reason];
  const { checks } = row.findings;
  return [
    first,
    ...checks.map(
      ({ what, measured, bound, ok }) => `${ok ? "ok  " : "FAIL"} ${what}: ${measured}${bound && ` [${bound}]`}`,
    ),
  ];
}

function counts(row: Row): string[] {
  if (!("findings" in row)) return ["", "", "", ""];
  const { accepted, sent, lost, duplicates } = row.findings;
  return [accepted, sent, lost, duplicates].map(String);
}

/** The rows as a table: the counts, then what was measured with its bound. */
export function table(rows: readonly Row[]): string {
  const nameWidth = Math.max(columns[0].length, ...rows.map(({ name }) => name.length));
  const widths = [nameWidth, ...columns.slice(1).map((title) => title.length)];
  const cells = (texts: readonly string[]) =>
    texts.map((text, i) => (i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0))).join(SEPARATOR);
  const blank = cells(columns.map(() => ""));
  return [
    `${cells(columns)}${SEPARATOR}measured [bound]`,
    ...rows.flatMap((row) =>
      lines(row).map((line, i) => `${i === 0 ? cells([row.name, ...counts(row)]) : blank}${SEPARATOR}${line}`),
    ),
  ].join("\n");
}

/** What is known of the rows that failed. */
export const evidence = (rows: readonly Row[]): string =>
  rows
    .flatMap((row) =>
      "findings" in row && row.findings.evidence.length > 0
        ? [`\n${row.name}:`, ...row.findings.evidence.map((line) => `  ${line}`)]
        : [],
    )
    .join("\n");
