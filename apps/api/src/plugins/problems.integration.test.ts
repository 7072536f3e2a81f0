import { WatchwordError } from "@watchword/otp-core";
import { createTestCore } from "@watchword/otp-core/testing";
import { describe, expect, test } from "vitest";
import { expectProblem, startTestApi } from "../testing/api.fixture.ts";

const api = await startTestApi();
const { app, post } = api;

describe("404 not_found, as a problem,", () => {
  test.each([
    ["GET", "/"],
    ["GET", "/v1"],
    ["GET", "/v1/verifications"],
    ["GET", "/favicon.ico"],
    ["POST", "/v1/verifications/"],
    ["POST", "/V1/verifications"],
    ["PUT", "/v1/verifications"],
    ["DELETE", "/v1/verifications/vf_1/check"],
    ["PATCH", "/v1/verifications/vf_1"],
    ["POST", "/webhooks/telnyx"],
    ["POST", "/webhooks/twilio/dl_1"],
    ["GET", "/webhooks/telnyx/dl_1"],
    ["OPTIONS", "/v1/verifications"],
    ["GET", "/metrics"],
    ["GET", "/..%2f..%2fetc%2fpasswd"],
    ["GET", "//evil.example/%2e%2e"],
  ] as const)("for %s %s", async (method, url) => {
    const answer = await app.inject({ method, url, headers: { authorization: `Bearer ${api.key}` } });
    expectProblem(answer, 404, "not_found");
    expect(answer.body).not.toContain("passwd");
  });
});

describe("a problem", () => {
  test("400 for an address that cannot be decoded", async () => {
    expectProblem(await api.get("/v1/verifications/%zz"), 400, "invalid_request");
  });

  test("names no more than 100 characters of a field that does not exist", async () => {
    const answer = await post("/v1/verifications", { to: "+14155550123", ["f".repeat(5000)]: 1 });
    expectProblem(answer, 400, "invalid_request");
    expect(answer.body.length).toBeLessThan(1000);
  });

  test("is short, however much of a body is wrong", async () => {
    const unknown = Object.fromEntries(Array.from({ length: 1500 }, (_, index) => [`f${index}`, 1]));
    const answer = await post("/v1/verifications", unknown);
    expectProblem(answer, 400, "invalid_request");
    expect(answer.body.length).toBeLessThan(8192);
  });

  test("is JSON whatever is asked for", async () => {
    const answer = await post("/v1/verifications", {}, { accept: "text/html" });
    expectProblem(answer, 400, "invalid_request");
  });

  test("has no details of its own making: only the fields of the contract", async () => {
    const answer = await post("/v1/verifications", {});
    const fields = Object.keys(answer.json<object>());
    expect(fields.toSorted()).toEqual(["code", "detail", "errors", "status", "title", "type"]);
    expect(answer.json<{ errors: object[] }>().errors).toEqual([{ field: "to", message: "is required" }]);
  });
});

let thrown: Error | undefined;
const core = await createTestCore();
const refuse = () => {
  throw thrown ?? new Error("nothing was to be asked");
};
const refusing = await startTestApi({ core: { ...core, admission: { check: refuse, waitMs: () => 0 } } });

describe("the log of a 503 is a warning that names", () => {
  const closed = new Error("Connection is closed.");
  const tooLong = "Too many messages are waiting to be sent: try again later.";

  test.each<[what: string, error: Error, msg: string]>([
    ["Redis where that is away", closed, "answered 503: Redis is unavailable"],
    [
      "Redis where that is the cause",
      new WatchwordError("unavailable", "The limits cannot be read right now: try again.", { cause: closed }),
      "answered 503: Redis is unavailable",
    ],
    ["no Redis where a queue is too long", new WatchwordError("unavailable", tooLong), "answered 503"],
  ])("%s, and the reason", async (_what, error, msg) => {
    thrown = error;
    const before = refusing.log().length;
    for (const [url, body] of [
      ["/v1/verifications", { to: "+14155550123" }],
      ["/auth/request-otp", { phone_number: "+14155550123" }],
    ] as const)
      expect((await refusing.post(url, body)).statusCode).toBe(503);
    const lines = refusing.log().slice(before).trim().split("\n");
    const told = lines
      .map((line) => JSON.parse(line) as { msg: string })
      .filter((line) => line.msg.startsWith("answered"));
    expect(told).toHaveLength(2);
    for (const line of told) expect(line).toMatchObject({ level: 40, msg, reason: error.message });
    expect(lines.join()).not.toContain("4155550123");
  });
});
