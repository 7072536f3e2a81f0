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
