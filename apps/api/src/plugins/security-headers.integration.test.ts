import { describe, expect, test } from "vitest";
import { type Answer, startTestApi } from "../testing/api.fixture.ts";
import { securityHeaders } from "./security-headers.ts";

const api = await startTestApi();
const { app, get, post } = api;
const id = `vf_${"A".repeat(32)}`;

/** One of each way in which an answer comes about. */
const answers: [what: string, call: () => Promise<Answer>, status: number][] = [
  ["a verification", () => post("/v1/verifications", { to: "+14155550170" }), 202],
  ["a refusal", () => post("/v1/verifications", {}), 400],
  ["a refused body", () => post("/v1/verifications", "{"), 400],
  ["a body that is too large", () => post("/v1/verifications", " ".repeat(20_000)), 413],
  ["nothing of the kind", () => get(`/v1/verifications/${id}`), 404],
  ["no key", () => app.inject("/v1/verifications/x"), 401],
  ["no key, unknown", () => app.inject("/v1/x"), 401],
  ["no route", () => get("/x"), 404],
  ["no route below /v1", () => get("/v1/x"), 404],
  ["an address that cannot be read", () => get("/v1/verifications/%zz"), 400],
  ["the two-endpoint form", () => post("/auth/request-otp", { phone_number: "+14155550171" }), 202],
  ["its refusal", () => post("/auth/request-otp", {}), 400],
  ["its missing key", () => app.inject({ method: "POST", url: "/auth/verify-otp" }), 401],
  ["a webhook", () => app.inject({ method: "POST", url: "/webhooks/telnyx/dl_1", payload: "{}" }), 401],
  ["HEAD", () => app.inject({ method: "HEAD", url: "/healthz" }), 200],
];

describe("every answer tells browsers to do nothing with it and to keep nothing:", () => {
  test.each(answers)("%s", async (_what, call, status) => {
    const answer = await call();
    expect(answer.statusCode, answer.body).toBe(status);
    expect(answer.headers).toMatchObject({
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "strict-transport-security": "max-age=31536000; includeSubDomains",
      "x-content-type-options": "nosniff",
    });
    for (const name of ["x-powered-by", "server", "access-control-allow-origin", "set-cookie"]) {
      expect(answer.headers).not.toHaveProperty(name);
    }
  });

  test("what may be kept says so itself", async () => {
    expect((await get("/.well-known/jwks.json")).headers["cache-control"]).toBe("public, max-age=300");
    expect((await get("/openapi.json")).headers["cache-control"]).toBe("no-cache");
  });
});

test("a service without TLS does not send browsers to where nothing listens", () => {
  expect(securityHeaders("http://127.0.0.1:3000")).not.toHaveProperty("strict-transport-security");
});
