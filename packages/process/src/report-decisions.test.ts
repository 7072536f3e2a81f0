import type { Decision } from "@watchword/otp-core";
import { pino } from "pino";
import { expect, test } from "vitest";
import { reportDecisions } from "./report-decisions.ts";

test("every decision is counted; the log has those that are news", () => {
  const lines: string[] = [];
  const counted: Decision[] = [];
  const logger = pino({ base: null, timestamp: false }, { write: (line) => void lines.push(line) });
  const { onDecision } = reportDecisions(logger, (decision) => counted.push(decision));
  const decision = { applicationId: "shop", policy: "prefix", country: "US", mode: "enforce" } as const;
  for (const news of [true, false, false]) onDecision?.({ ...decision, news });
  expect(counted).toHaveLength(3);
  const line = { level: 40, application: "shop", policy: "prefix", country: "US", mode: "enforce" };
  expect(lines.map((each) => JSON.parse(each) as unknown)).toEqual([{ ...line, msg: "limit reached" }]);
});
