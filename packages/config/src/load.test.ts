import { describe, expect, test } from "vitest";
import { type Config, ConfigError, loadConfig } from "./load.ts";
import { type ProcessName, processes, type VariableName, variables } from "./variables.ts";

const processNames = Object.keys(processes) as ProcessName[];
const SECRET = "hunter2Secret";

function problemsOf(name: ProcessName, environment: Record<string, string | undefined>): ConfigError {
  try {
    loadConfig(name, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error;
  }
  throw new Error("the configuration was taken");
}

describe("in development, nothing set,", () => {
  test.each(processNames)("the %s has a usable configuration", (name) => {
    expect(Object.keys(loadConfig(name, {}))).toEqual(expect.arrayContaining(["WATCHWORD_ENV", "LOG_LEVEL"]));
    expect(loadConfig(name, {}).WATCHWORD_ENV).toBe("development");
  });

  test("the defaults are those of the contract", () => {
    expect(loadConfig("api", {})).toMatchObject({
      API_HOST: "127.0.0.1",
      API_PORT: 3000,
      API_KEY: "ww_dev_key",
      PUBLIC_URL: "http://127.0.0.1:3000",
      OTP_LENGTH: 6,
      OTP_EXPIRY_SECONDS: 300,
      OTP_MAX_ATTEMPTS: 3,
      RESEND_GAP_SECONDS: 30,
      ALLOWED_COUNTRIES: ["*"],
      ALLOW_UNASSIGNED_NUMBERS: true,
    });
    expect(loadConfig("dashboard", {})).toMatchObject({ DASHBOARD_HOST: "127.0.0.1", DASHBOARD_PORT: 3001 });
    expect(loadConfig("simulator", {})).toMatchObject({
      SIMULATOR_HOST: "127.0.0.1",
      SIMULATOR_PORT: 3002,
      SIMULATOR_LATENCY_MS: 0,
    });
  });

  test("addresses follow the ports", () => {
    expect(loadConfig("api", { API_PORT: "4000" }).PUBLIC_URL).toBe("http://127.0.0.1:4000");
    expect(loadConfig("worker", { SIMULATOR_PORT: "4002" }).TELNYX_BASE_URL).toBe("http://127.0.0.1:4002/v2");
  });

  test("the keyring is a key of 32 bytes", () => {
    expect(loadConfig("api", {}).WATCHWORD_SECRETS).toEqual([{ kid: "dev", key: expect.any(Buffer) }]);
    expect(loadConfig("api", {}).WATCHWORD_SECRETS[0]?.key).toHaveLength(32);
  });
});

describe("a process knows what it needs and nothing else:", () => {
  const everything = Object.fromEntries(Object.keys(variables).map((name) => [name, undefined]));

  test.each<[ProcessName, VariableName[]]>([
    ["api", ["TELNYX_API_KEY", "TELNYX_PHONE_NUMBER", "TELNYX_BASE_URL", "DASHBOARD_PASSWORD"]],
    ["worker", ["API_KEY", "TELNYX_PUBLIC_KEY", "DASHBOARD_PASSWORD"]],
    ["dashboard", ["WATCHWORD_SECRETS", "API_KEY", "TELNYX_API_KEY", "TELNYX_PUBLIC_KEY"]],
    ["simulator", ["WATCHWORD_SECRETS", "API_KEY", "TELNYX_API_KEY", "DASHBOARD_PASSWORD", "REDIS_URL"]],
  ])("the %s is given none of %j, even where they are set", (name, forbidden) => {
    const set = { ...everything, TELNYX_API_KEY: "KEY_x", API_KEY: "key", DASHBOARD_PASSWORD: "password" };
    const config: Partial<Config<ProcessName>> = loadConfig(name, set);
    for (const variable of forbidden) expect(config).not.toHaveProperty(variable);
    expect(processes[name]).not.toEqual(expect.arrayContaining([forbidden[0]]));
  });

  test("what is wrong with another's variables is not its concern", () => {
    expect(() => loadConfig("simulator", { API_PORT: "x", WATCHWORD_SECRETS: "x", OTP_LENGTH: "x" })).not.toThrow();
  });
});

describe("a value", () => {
  test.each(["", " ", "\t"])("that is empty (%j) counts as not set", (empty) => {
    const names = Object.keys(variables);
    const environment = Object.fromEntries(names.map((name) => [name, empty]));
    for (const name of processNames) expect(loadConfig(name, environment)).toEqual(loadConfig(name, {}));
    const production = { ...environment, WATCHWORD_ENV: "production" };
    expect(problemsOf("api", production).problems).toContainEqual({ variable: "API_KEY", message: "is missing" });
  });

  test.each<[VariableName, ProcessName, string[]]>([
    ["WATCHWORD_ENV", "api", ["prod", "Production", " production", "test"]],
    ["LOG_LEVEL", "api", ["verbose", "INFO"]],
    [
      "REDIS_URL",
      "api",
      ["127.0.0.1:6379", "http://127.0.0.1", "redis", "redis://", "redis://h/main", "redis+other://h"],
    ],
    [
      "REDIS_URL",
      "worker",
      ["redis+sentinel://a:1,b:2", "redis+sentinel://a:1,,b:2/main", "redis+sentinel://a:0/main"],
    ],
    [
      "REDIS_URL",
      "dashboard",
      ["redis+cluster://a:1,b:2/0", "redis+cluster://a:66000", "redis+cluster://u@a", "redis+cluster://"],
    ],
    [
      "PUBLIC_URL",
      "api",
      [
        "verify.example.com",
        "ftp://x",
        "/x",
        "javascript:alert(1)",
        "https://x.y/?a",
        "https://x.y/#a",
        "https://u:p@x.y",
      ],
    ],
    ["API_KEY", "api", ["two words", "schlüssel", "a\nb"]],
    ["API_PORT", "api", ["0", "65536", "-1", "3000.5", "3e3", "0x10", "three", "٣٠٠٠"]],
    [
      "TRUSTED_PROXIES",
      "api",
      [
        "true",
        "0",
        "10",
        "*",
        "proxy.example.com",
        "10.0.0.0/33",
        "0.0.0.0/0",
        "::/0",
        "10.0.0.0/8;::1",
        "10.0.0.1,",
        "1.2.3/8",
        "fe80::1%eth0",
        "10.0.0.0/8/8",
      ],
    ],
    ["OTP_LENGTH", "api", ["3", "11", "six"]],
    ["OTP_EXPIRY_SECONDS", "api", ["0", "601", "5m"]],
    ["OTP_MAX_ATTEMPTS", "api", ["0", "11"]],
    ["RESEND_GAP_SECONDS", "api", ["-1", "601"]],
    ["RETENTION_SECONDS", "api", ["599", "2592001"]],
    ["ALLOWED_COUNTRIES", "api", ["USA", "US,", "US;GB", "*,US", "+1"]],
    ["ALLOW_UNASSIGNED_NUMBERS", "api", ["yes", "1", "TRUE"]],
    ["TELNYX_PUBLIC_KEY", "api", ["short", "A".repeat(44), "-----BEGIN PUBLIC KEY-----"]],
    ["BRAND", "worker", ["x".repeat(41)]],
    ["AUTOFILL_HOST", "worker", ["https://example.com", "example.com/", "localhost", "example.com:443", "a b.com"]],
    ["TELNYX_API_KEY", "worker", ["two words"]],
    ["TELNYX_PHONE_NUMBER", "worker", ["+0123456", "Twelve letters", "+1 415 555 0100", "Acme!"]],
    ["TELNYX_BASE_URL", "worker", ["api.telnyx.com", "ws://x"]],
    ["WORKER_CONCURRENCY", "worker", ["0", "10001", "many"]],
    [
      "OTEL_EXPORTER_OTLP_ENDPOINT",
      "worker",
      ["collector:4318", "http://collector:4318/v1/traces", "https://collector/otlp/v1/traces/"],
    ],
    ["DASHBOARD_USER", "dashboard", ["a:b", "two words"]],
    ["DASHBOARD_PASSWORD", "dashboard", ["1234567"]],
    ["SIMULATOR_LATENCY_MS", "simulator", ["-1", "60001"]],
  ])("of %s is refused by name", (variable, name, values) => {
    for (const value of values) {
      const error = problemsOf(name, { [variable]: value });
      expect(
        error.problems.map((problem) => problem.variable),
        value,
      ).toEqual([variable]);
      expect(error.message).not.toMatch(/invalid|expected|received|undefined/i);
    }
  });

  test.each<[VariableName, ProcessName, string, unknown]>([
    ["PUBLIC_URL", "api", "https://verify.example.com/", "https://verify.example.com"],
    ["PUBLIC_URL", "api", "https://example.com/verify//", "https://example.com/verify"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "api", "https://collector:4318/otlp/", "https://collector:4318/otlp"],
    ["ALLOWED_COUNTRIES", "api", " us, gb ,FR", ["US", "GB", "FR"]],
    ["WORKER_QUEUES", "worker", " sms-telnyx,, receipts ", ["sms-telnyx", "receipts"]],
    [
      "TRUSTED_PROXIES",
      "api",
      " 10.0.0.0/8, 192.0.2.7 ,2001:db8::/32,::1",
      ["10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "::1"],
    ],
    ["TRUSTED_PROXIES", "api", "1", 1],
    ["BRAND", "worker", "  Acme  ", "Acme"],
    ["TELNYX_PHONE_NUMBER", "worker", "Acme Bank 1", "Acme Bank 1"],
    ["TELNYX_PHONE_NUMBER", "worker", "22395", "22395"],
    ["ALLOW_UNASSIGNED_NUMBERS", "api", "false", false],
    ["REDIS_URL", "api", "rediss://:pass@redis.example.com:6380/2", "rediss://:pass@redis.example.com:6380/2"],
    ["REDIS_URL", "api", "redis+sentinel://u:p@a:1,b:2,[::1]:3/main/2", "redis+sentinel://u:p@a:1,b:2,[::1]:3/main/2"],
    ["REDIS_URL", "api", "rediss+cluster://:p%40@a:1,b.example.com", "rediss+cluster://:p%40@a:1,b.example.com"],
    ["OTP_LENGTH", "api", "08", 8],
  ])("of %s is read as it is meant", (variable, name, value, expected) => {
    const config: Partial<Record<VariableName, unknown>> = loadConfig(name, { [variable]: value });
    expect(config[variable]).toEqual(expected);
  });
});

describe("a configuration with problems", () => {
  test("is refused with every one of them, by name", () => {
    const { problems, message } = problemsOf("api", { API_PORT: "x", OTP_LENGTH: "x", PUBLIC_URL: "x" });
    expect(problems.map(({ variable }) => variable).toSorted()).toEqual(["API_PORT", "OTP_LENGTH", "PUBLIC_URL"]);
    for (const name of ["API_PORT", "OTP_LENGTH", "PUBLIC_URL"]) expect(message).toContain(`\n  ${name} must be`);
    expect(message).toContain(".env.example");
  });

  test.each(processNames)("of the %s never shows a value", (name) => {
    const names: readonly VariableName[] = processes[name];
    for (const value of [
      `${SECRET}:${SECRET}`,
      `x\n${SECRET} ${SECRET}`,
      `http://${SECRET}@x y`,
      `+${SECRET.repeat(9)}`,
    ]) {
      for (const environment of ["development", "production"]) {
        const bad = Object.fromEntries(names.map((variable) => [variable, value]));
        const error = problemsOf(name, { ...bad, WATCHWORD_ENV: environment });
        expect(error.problems.length).toBeGreaterThan(0);
        expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toContain(SECRET);
      }
      const error = problemsOf(name, Object.fromEntries(names.map((variable) => [variable, value])));
      expect(error.message).not.toContain(SECRET);
    }
  });
});
