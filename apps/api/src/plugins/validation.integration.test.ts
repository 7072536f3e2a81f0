import { describe, expect, test } from "vitest";
import { type Answer, expectProblem, startTestApi } from "../testing/api.fixture.ts";

const api = await startTestApi();
const to = "+14155550123";
const code = "123456";
const start = "/v1/verifications";
const check = "/v1/verifications/check";
const resend = `/v1/verifications/vf_${"A".repeat(32)}/resend`;
const errorsOf = (answer: Answer) =>
  answer.json<{ errors: { field: string; message: string }[] }>().errors.map(({ field, message }) => [field, message]);

describe("a field that is null is told so, and not that it is missing:", () => {
  const NULL = "must not be null";

  test.each<[url: string, body: object, field: string, message: string]>([
    [start, { to: null }, "to", NULL],
    [start, { to, locale: null }, "locale", NULL],
    [start, { to, code: null }, "code", NULL],
    [start, { to, metadata: null }, "metadata", NULL],
    [start, { to, metadata: { user: null } }, "metadata.user", NULL],
    [start, { to, context: null }, "context", NULL],
    [start, { to, context: { amount: null, payee: "A" } }, "context.amount", NULL],
    [start, { to, channel: null }, "channel", "must be sms or call"],
    [start, { to, fallback: null }, "fallback", "must be call or none"],
    [start, { to, client_ip: null }, "client_ip", "must be an IP address"],
    [check, { to, code: null }, "code", NULL],
    [check, { to, code, context: null }, "context", NULL],
    [resend, { channel: null }, "channel", "must be sms or call"],
  ])("POST %s %j: %s %s", async (url, body, field, message) => {
    const answer = await api.post(url, body);
    expectProblem(answer, 400, "invalid_request");
    expect(errorsOf(answer)).toEqual([[field, message]]);
  });

  test.each([
    ["/auth/request-otp", { phone_number: null }, "phone_number"],
    ["/auth/request-otp", { phone_number: to, phoneNumber: null }, "phoneNumber"],
    ["/auth/verify-otp", { phone_number: to, otp: null }, "otp"],
  ])("POST %s %j: %s", async (url, body, field) => {
    const answer = await api.post(url, body);
    expect([answer.statusCode, answer.json()]).toEqual([400, { error: `${field} ${NULL}` }]);
  });
});

test.each<[url: string, body: object, field: string]>([
  [start, {}, "to"],
  [start, { to, context: { amount: "EUR 1" } }, "context.payee"],
  [check, { to }, "code"],
])("a field that is missing is told so: POST %s %j: %s", async (url, body, field) => {
  expect(errorsOf(await api.post(url, body))).toEqual([[field, "is required"]]);
});

describe("a body", () => {
  const posts = [start, check, resend, resend.replace("resend", "check"), resend.replace("resend", "cancel")];

  test.each(posts)("that is null is none that any route takes: POST %s", async (url) => {
    for (const body of ["null", " null\n"]) {
      const answer = await api.post(url, body);
      expectProblem(answer, 400, "invalid_request");
      expect(errorsOf(answer)).toEqual([["body", "must be a JSON object"]]);
    }
  });

  test.each(["/auth/request-otp", "/auth/verify-otp"])("that is null: POST %s", async (url) => {
    const answer = await api.post(url, "null");
    expect([answer.statusCode, answer.json()]).toEqual([400, { error: "body must be a JSON object" }]);
  });

  test("that is not there is told so where one is needed", async () => {
    for (const body of [undefined, ""])
      expect(errorsOf(await api.post(start, body))).toEqual([["body", "is required"]]);
  });

  test("that is null asks for the key first", async () => {
    expectProblem(await api.post(start, "null", { authorization: "" }), 401, "unauthorized");
  });
});
