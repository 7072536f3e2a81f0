import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "@watchword/config";
import { expect, test } from "vitest";
import { homeIn } from "./home.ts";
import { environmentOf, readSettings } from "./settings.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

function homeWith(envFile?: string) {
  const folder = temporaryFolder();
  if (envFile !== undefined) writeFileSync(join(folder, ".env"), envFile);
  return homeIn(folder);
}

function refusal(envFile: string, environment: Record<string, string> = {}): Error {
  try {
    readSettings(homeWith(envFile), environment);
  } catch (error) {
    return error as Error;
  }
  return expect.fail("it was not refused");
}

test("starts on the development defaults without any setting", () => {
  const { ports, api, worker } = readSettings(homeWith(), {});
  expect(ports).toEqual({ api: 3000, dashboard: 3001, simulator: 3002 });
  expect(api.API_KEY).toBe("ww_dev_key");
  expect(worker.TELNYX_BASE_URL).toBe("http://127.0.0.1:3002/v2");
});

test("the real environment wins over .env, and .env over the defaults", () => {
  const { ports, env } = readSettings(homeWith("API_PORT=4000\nSIMULATOR_PORT=4002\n"), { API_PORT: "5000" });
  expect(ports).toEqual({ api: 5000, dashboard: 3001, simulator: 4002 });
  expect(env).toMatchObject({ API_PORT: "5000", SIMULATOR_PORT: "4002" });
});

test("an empty variable of the environment does not hide the one in .env", () => {
  expect(readSettings(homeWith("API_PORT=4000\n"), { API_PORT: "" }).ports.api).toBe(4000);
});

test("every process listens on loopback, whatever is set", () => {
  const { env } = readSettings(homeWith("DASHBOARD_HOST=0.0.0.0\n"), { API_HOST: "0.0.0.0" });
  expect(env).toMatchObject({ API_HOST: "127.0.0.1", DASHBOARD_HOST: "127.0.0.1", SIMULATOR_HOST: "127.0.0.1" });
});

test("says what is wrong for all processes at once, each variable once", () => {
  const error = refusal("OTP_LENGTH=99\nDASHBOARD_PASSWORD=short\nLOG_LEVEL=loud\nWORKER_CONCURRENCY=many\n");
  expect(error).toBeInstanceOf(ConfigError);
  for (const name of ["OTP_LENGTH", "DASHBOARD_PASSWORD", "WORKER_CONCURRENCY"]) expect(error.message).toContain(name);
  expect(error.message.match(/LOG_LEVEL/g)).toHaveLength(1);
});

test("a line of .env that is no assignment is named by its number", () => {
  expect(refusal("API_PORT=4000\nnot an assignment\n").message).toContain(".env line 2");
});

test("two processes on one port are refused before either starts", () => {
  expect(refusal("DASHBOARD_PORT=3000\n").message).toContain("DASHBOARD_PORT is the same port as API_PORT");
});

test("API and worker have their metrics on ports of their own", () => {
  const settings = readSettings(homeWith("METRICS_PORT=9464\n"), {});
  expect(environmentOf("worker", settings)["METRICS_PORT"]).toBe("9464");
  expect(environmentOf("api", settings)["METRICS_PORT"]).toBe("9465");
  const none = readSettings(homeWith(), {});
  for (const name of ["api", "worker"] as const) expect(environmentOf(name, none)["METRICS_PORT"]).toBeUndefined();
});

test("refuses to be production, and says where that was set", () => {
  expect(refusal("WATCHWORD_ENV=production\n").message).toMatch(/set in .*\.env.*docker compose/s);
  expect(refusal("", { WATCHWORD_ENV: "production" }).message).toMatch(/set in the environment/);
});

test("WATCHWORD_ENV of the environment overrides a .env that is meant for production", () => {
  const home = homeWith("WATCHWORD_ENV=production\n");
  expect(readSettings(home, { WATCHWORD_ENV: "development" }).api.WATCHWORD_ENV).toBe("development");
});
