import { expect, test } from "vitest";
import { limitSettings, withLimits } from "./limit-settings.ts";

const prices = { US: { sms: 0.1, call: 0.2 } };
const budgetsOf = (variables: { PRICES?: typeof prices }, ...dailyBudgets: (number | undefined)[]) =>
  withLimits(
    dailyBudgets.map((dailyBudget, index) => ({
      id: `app-${index}`,
      limits: {},
      dailyBudget,
      settings: { expirySeconds: 300 },
    })),
    limitSettings({ FRAUD_GUARD: "report", ...variables }),
  ).map(({ settings }) => settings.budget);

test("each application has a budget of its own, by the prices of all", () => {
  expect(budgetsOf({ PRICES: prices }, 5, undefined, 0.5)).toEqual([
    { perDay: 5, prices },
    undefined,
    { perDay: 0.5, prices },
  ]);
});

test("there is none where nothing has a price", () => {
  expect(budgetsOf({}, undefined)).toEqual([undefined]);
});
