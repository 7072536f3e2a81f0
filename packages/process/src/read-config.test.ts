import { ConfigError } from "@watchword/config";
import { expect, test } from "vitest";
import { readConfig } from "./read-config.ts";

function problemsOf(name: "api" | "worker", environment: Record<string, string>): Record<string, string> {
  try {
    readConfig(name, environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return Object.fromEntries(error.problems.map(({ variable, message }) => [variable, message]));
  }
  return {};
}

test("what names something that there is not is told together with what has a wrong shape", () => {
  expect(
    problemsOf("api", {
      OTP_LENGTH: "many",
      ALLOWED_COUNTRIES: "GB,UK",
      LIMITS: "sweeep=off,number-lock=off",
      PRICES: "UK=0.1,*=0.2",
      DAILY_BUDGET: "-",
    }),
  ).toEqual({
    OTP_LENGTH: expect.stringContaining("whole number"),
    ALLOWED_COUNTRIES: "names UK: not a country by ISO 3166",
    LIMITS: expect.stringMatching(/sweeep is no policy.*number-lock cannot be turned off/),
    PRICES: "names UK: not a country by ISO 3166",
    DAILY_BUDGET: expect.stringContaining("amount"),
  });
});

test("of a list that is wrong it is told which entries are, and which name is there more than once", () => {
  const limitsOf = (LIMITS: string) => problemsOf("api", { LIMITS })["LIMITS"];
  expect(limitsOf("prefix=50,sweep=off,foo,address=1/60/5,=1/60")).toMatch(
    /; not so: entry 1 \(prefix\), entry 3, entry 4 \(address\), entry 5$/,
  );
  expect(limitsOf("foo=1/60")).toContain("foo is no policy");
  expect(limitsOf("prefix=1/60,sweep=off,prefix=2/60")).toBe("names prefix more than once");
  expect(limitsOf("prefix=1/60, prefix=2/60,sweep=1")).toMatch(/entry 3 \(sweep\); names prefix more than once$/);
  expect(problemsOf("api", { PRICES: "US=0.1,GB=cheap,US=0.2" })["PRICES"]).toMatch(
    /; not so: entry 2 \(GB\); names US more than once$/,
  );
  expect(problemsOf("api", { LIMITS: " prefix = 50/3600 , sweep=off", PRICES: "US = 0.1/0.2" })).toEqual({});
});

test("a worker is told which queues there are, beside all else", () => {
  expect(problemsOf("worker", { WORKER_QUEUES: "sms-telnyx,mail", WORKER_CONCURRENCY: "0" })).toEqual({
    WORKER_QUEUES: expect.stringMatching(/^names mail; there are .*sms-telnyx/),
    WORKER_CONCURRENCY: expect.stringContaining("whole number"),
  });
});

test("a worker that is to serve a queue twice is told which", () => {
  expect(problemsOf("worker", { WORKER_QUEUES: "sms-telnyx,receipts, sms-telnyx,sms-telnyx" })).toEqual({
    WORKER_QUEUES: "names sms-telnyx more than once",
  });
});

test("what calls need is told: a connection for their queues, and a number that they come from", () => {
  const voice = { TELNYX_VOICE_CONNECTION_ID: "1" };
  expect(problemsOf("worker", { WORKER_QUEUES: "receipts,call-telnyx" })).toEqual({
    WORKER_QUEUES: expect.stringContaining(
      "names call-telnyx, which cannot be served without TELNYX_VOICE_CONNECTION_ID",
    ),
  });
  expect(problemsOf("worker", { WORKER_QUEUES: "call-telnyx", ...voice })).toEqual({});
  expect(problemsOf("worker", { TELNYX_PHONE_NUMBER: "ACME", ...voice })).toEqual({
    TELNYX_PHONE_NUMBER: expect.stringContaining("must be a number in E.164 form"),
  });
  expect(problemsOf("worker", { TELNYX_PHONE_NUMBER: "ACME" })).toEqual({});
  expect(problemsOf("api", voice)).toEqual({});
});

test("a budget needs prices", () => {
  expect(problemsOf("api", { DAILY_BUDGET: "50" })).toEqual({ DAILY_BUDGET: "needs PRICES" });
  expect(problemsOf("api", { DAILY_BUDGET: "50", PRICES: "*=0.1" })).toEqual({});
});

test("what is right is taken as it is", () => {
  expect(readConfig("worker", { WORKER_QUEUES: "receipts" }).WORKER_QUEUES).toEqual(["receipts"]);
  expect(readConfig("api", { ALLOWED_COUNTRIES: "us, gb" }).ALLOWED_COUNTRIES).toEqual(["US", "GB"]);
});
