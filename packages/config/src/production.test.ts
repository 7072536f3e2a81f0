import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { developmentCredentials, developmentDefaults } from "./development.ts";
import { ConfigError, loadConfig } from "./load.ts";
import type { ProcessName, VariableName } from "./variables.ts";

const secret = () => randomBytes(32).toString("base64");
const good: Partial<Record<VariableName, string>> = {
  WATCHWORD_ENV: "production",
  WATCHWORD_SECRETS: `2026:${secret()}`,
  REDIS_URL: "redis://redis:6379",
  PUBLIC_URL: "https://verify.example.com",
  API_KEY: randomBytes(32).toString("hex"),
  ALLOWED_COUNTRIES: "US,GB",
  TELNYX_API_KEY: "KEY0123456789",
  TELNYX_PUBLIC_KEY: secret(),
  TELNYX_PHONE_NUMBER: "+12025550100",
  DASHBOARD_USER: "operator",
  DASHBOARD_PASSWORD: randomBytes(16).toString("hex"),
};

/** The names of what is refused when production has these on top of a good configuration. */
function refused(name: ProcessName, changes: Partial<Record<VariableName, string | undefined>>): string[] {
  try {
    loadConfig(name, { ...good, ...changes });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const shown = Object.values(changes).filter((value) => value !== undefined && value.length > 8);
    for (const value of shown) expect(error.message).not.toContain(value);
    return error.problems.map(({ variable }) => variable);
  }
}

const dev = developmentDefaults({});
const devKey = dev.WATCHWORD_SECRETS?.slice("dev:".length) ?? "";

describe("production", () => {
  test("takes a good configuration, and listens for others than itself", () => {
    expect(loadConfig("api", good)).toMatchObject({ API_HOST: "0.0.0.0", ALLOW_UNASSIGNED_NUMBERS: false });
    expect(loadConfig("worker", good)).toMatchObject({ TELNYX_BASE_URL: "https://api.telnyx.com/v2" });
    expect(loadConfig("dashboard", good)).toMatchObject({ DASHBOARD_HOST: "0.0.0.0" });
  });

  test.each<[ProcessName, VariableName[]]>([
    ["api", ["WATCHWORD_SECRETS", "REDIS_URL", "PUBLIC_URL", "API_KEY", "ALLOWED_COUNTRIES", "TELNYX_PUBLIC_KEY"]],
    ["worker", ["WATCHWORD_SECRETS", "REDIS_URL", "PUBLIC_URL", "ALLOWED_COUNTRIES", "TELNYX_API_KEY"]],
    ["dashboard", ["REDIS_URL", "DASHBOARD_USER", "DASHBOARD_PASSWORD"]],
  ])("has no default for what the %s needs: %j", (name, names) => {
    for (const variable of names) {
      expect(refused(name, { [variable]: undefined })).toEqual([variable]);
      expect(refused(name, { [variable]: " " })).toEqual([variable]);
    }
    const nothing = Object.fromEntries(names.map((variable) => [variable, undefined]));
    expect(refused(name, nothing)).toEqual(names);
  });

  test.each<[why: string, name: ProcessName, changes: Partial<Record<VariableName, string>>]>([
    ["every country", "api", { ALLOWED_COUNTRIES: "*" }],
    ["every country, spaced", "api", { ALLOWED_COUNTRIES: " * " }],
    ["no country", "api", { ALLOWED_COUNTRIES: "," }],
    ["an http address", "api", { PUBLIC_URL: "http://verify.example.com" }],
    ["an http address in capitals", "worker", { PUBLIC_URL: "HTTP://verify.example.com" }],
    ["an http address after a space", "api", { PUBLIC_URL: " http://verify.example.com" }],
    ["an http address of the carrier", "worker", { TELNYX_BASE_URL: "http://simulator:3002/v2" }],
    ["an http address of the carrier in capitals", "worker", { TELNYX_BASE_URL: "HTTP://simulator:3002/v2" }],
    ["a short API key", "api", { API_KEY: "k".repeat(23) }],
    ["an API key longer than any request may bring", "api", { API_KEY: "k".repeat(257) }],
    ["a short token of the metrics", "api", { METRICS_TOKEN: "t".repeat(23) }],
    ["a short token of the metrics", "worker", { METRICS_TOKEN: "t".repeat(23) }],
    ["a short password", "dashboard", { DASHBOARD_PASSWORD: "12345678901" }],
    ["codes that live for less than a minute", "api", { OTP_EXPIRY_SECONDS: "59" }],
    ["a secret of 31 bytes", "api", { WATCHWORD_SECRETS: `a:${randomBytes(31).toString("base64")}` }],
    ["a secret of zeros", "api", { WATCHWORD_SECRETS: `a:${Buffer.alloc(32).toString("base64")}` }],
    [
      "a secret of a repeated word",
      "worker",
      { WATCHWORD_SECRETS: `a:${Buffer.from("secret".repeat(8)).toString("base64")}` },
    ],
    ["a secret without a name", "api", { WATCHWORD_SECRETS: secret() }],
    ["a secret that is not base64", "api", { WATCHWORD_SECRETS: "a:correct horse battery staple and more" }],
    ["two secrets of one name", "api", { WATCHWORD_SECRETS: `a:${secret()},a:${secret()}` }],
    [
      "a weak secret behind a good one",
      "api",
      { WATCHWORD_SECRETS: `a:${secret()},b:${Buffer.alloc(32).toString("base64")}` },
    ],
  ])("refuses %s", (_why, name, changes) => {
    expect(refused(name, changes)).toEqual(Object.keys(changes));
  });

  test.each(developmentCredentials)("refuses the public development value of %s", (variable) => {
    for (const name of ["api", "worker", "dashboard"] as const) {
      const known = new Set<string>(Object.keys(loadConfig(name, good)));
      expect(refused(name, { [variable]: dev[variable] })).toEqual(known.has(variable) ? [variable] : []);
    }
  });

  test.each([
    ["under another name", `prod:${devKey}`],
    ["behind a good one", `a:${secret()},b:${devKey}`],
    ["after a space", `a:${secret()}, b:${devKey}`],
    ["without its padding", `prod:${devKey.replace("=", "")}`],
  ])("refuses the public development secret %s", (_how, value) => {
    expect(refused("api", { WATCHWORD_SECRETS: value })).toEqual(["WATCHWORD_SECRETS"]);
  });

  test("takes a keyring for a rotation: the first writes, in its order", () => {
    const { WATCHWORD_SECRETS: ring } = loadConfig("api", {
      ...good,
      WATCHWORD_SECRETS: `b:${secret()}, a:${secret()}`,
    });
    expect(ring.map(({ kid }) => kid)).toEqual(["b", "a"]);
  });

  test("wants a sender for the worker: a number or a messaging profile", () => {
    expect(refused("worker", { TELNYX_PHONE_NUMBER: undefined })).toEqual(["TELNYX_PHONE_NUMBER"]);
    const profile = { TELNYX_PHONE_NUMBER: undefined, TELNYX_MESSAGING_PROFILE_ID: "4001926a-0000" };
    expect(refused("worker", profile)).toEqual([]);
  });
});
