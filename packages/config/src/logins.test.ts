import { describe, expect, test } from "vitest";
import { ConfigError, loadConfig } from "./load.ts";

const viewer = { DASHBOARD_VIEWER_USER: "auditor", DASHBOARD_VIEWER_PASSWORD: "long enough for all" };
const production = {
  WATCHWORD_ENV: "production",
  REDIS_URL: "redis://redis:6379",
  DASHBOARD_USER: "operator",
  DASHBOARD_PASSWORD: "hunter2 and a bit more",
};

function refused(environment: Record<string, string | undefined>): string[] {
  try {
    loadConfig("dashboard", environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.message).not.toMatch(/hunter2|auditor|long enough/);
    return error.problems.map(({ variable }) => variable);
  }
}

describe.each([
  ["development", {}, "admin", "watchword"],
  ["production", production, production.DASHBOARD_USER, production.DASHBOARD_PASSWORD],
])("in %s the dashboard's second login", (_name, environment, user, password) => {
  test("may be there or not", () => {
    expect(refused(environment)).toEqual([]);
    expect(loadConfig("dashboard", { ...environment, ...viewer })).toMatchObject(viewer);
  });

  test.each([
    ["without its password", { DASHBOARD_VIEWER_PASSWORD: "" }, ["DASHBOARD_VIEWER_PASSWORD"]],
    ["without its user", { DASHBOARD_VIEWER_USER: " " }, ["DASHBOARD_VIEWER_USER"]],
    ["with the first one's user", { DASHBOARD_VIEWER_USER: user }, ["DASHBOARD_VIEWER_USER"]],
    ["with the first one's password", { DASHBOARD_VIEWER_PASSWORD: password }, ["DASHBOARD_VIEWER_PASSWORD"]],
    ["with a user of two words", { DASHBOARD_VIEWER_USER: "an auditor" }, ["DASHBOARD_VIEWER_USER"]],
    ["with a short password", { DASHBOARD_VIEWER_PASSWORD: "hunter2" }, ["DASHBOARD_VIEWER_PASSWORD"]],
  ])("is refused %s", (_why, changes, variables) => {
    expect(refused({ ...environment, ...viewer, ...changes })).toEqual(variables);
  });
});

test("in production the dashboard's second login needs a password as long as the first one's", () => {
  const short = { ...viewer, DASHBOARD_VIEWER_PASSWORD: "hunter2+abc" };
  expect(refused({ ...production, ...short })).toEqual(["DASHBOARD_VIEWER_PASSWORD"]);
  expect(refused(short)).toEqual([]);
});
