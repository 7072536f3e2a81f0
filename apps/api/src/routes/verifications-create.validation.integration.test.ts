import { randomNumber } from "@watchword/otp-core/testing";
import { describe, expect, test } from "vitest";
import { expectProblem, fieldsOf, startTestApi } from "../testing/api.fixture.ts";

const api = await startTestApi();

const entries = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "v"]));
const nested = (depth: number) => `{"to":${"[".repeat(depth)}${"]".repeat(depth)}}`;
const to = randomNumber();

/** Nothing may come of a refused request: no verification, no count against the number, no job. */
async function expectRefused(body: object | string, status: number, code: string) {
  let answer: Awaited<ReturnType<typeof api.post>> | undefined;
  const left = await api.created(async () => {
    answer = await api.post("/v1/verifications", body);
  });
  if (!answer) throw new Error("there is no answer");
  expectProblem(answer, status, code);
  expect(left).toEqual([]);
  return answer;
}

describe("POST /v1/verifications, 400 invalid_request that names the field", () => {
  test.each<[why: string, body: object | string, fields: string[]]>([
    ["no number", {}, ["to"]],
    ["a number that is null", { to: null }, ["to"]],
    ["a number that is a JSON number", { to: 14_155_550_123 }, ["to"]],
    ["a list of numbers", { to: [to] }, ["to"]],
    ["an object for a number", { to: { $gt: "" } }, ["to"]],
    ["a list", [{ to }], ["body"]],
    ["a list of nothing", [], ["body"]],
    ["null", "null", ["body"]],
    ["a text", '"+14155550123"', ["body"]],
    ["an unknown field", { to, phone: to }, ["phone"]],
    ["two unknown fields", { to, One: 1, two: 2 }, ["One", "two"]],
    ["an unknown channel", { to, channel: "fax" }, ["channel"]],
    ["a channel of the wrong type", { to, channel: 1 }, ["channel"]],
    ["a channel that is not set up", { to, channel: "call" }, ["channel"]],
    ["an unknown fallback", { to, fallback: "email" }, ["fallback"]],
    ["a locale that is none", { to, locale: "english please" }, ["locale"]],
    ["a locale with a line break", { to, locale: "en\r\nX: y" }, ["locale"]],
    ["a long locale", { to, locale: `en-${"abcdefgh-".repeat(4)}a` }, ["locale"]],
    ["an address that is none", { to, client_ip: "203.0.113.999" }, ["client_ip"]],
    ["an address with a port", { to, client_ip: "203.0.113.9:80" }, ["client_ip"]],
    ["a name for an address", { to, client_ip: "localhost" }, ["client_ip"]],
    ["metadata that is a text", { to, metadata: "user 42" }, ["metadata"]],
    ["metadata that is a list", { to, metadata: ["42"] }, ["metadata"]],
    ["17 entries of metadata", { to, metadata: entries(17) }, ["metadata"]],
    ["257 characters of metadata", { to, metadata: { user: "x".repeat(257) } }, ["metadata.user"]],
    ["metadata that is not text", { to, metadata: { user: 42 } }, ["metadata.user"]],
    ["metadata under a name of 65 characters", { to, metadata: { ["n".repeat(65)]: "v" } }, [expect.any(String)]],
    ["metadata under no name", { to, metadata: { "": "v" } }, ["metadata"]],
    ["several at once", { channel: "fax", locale: "-", extra: 1 }, ["to", "channel", "locale", "extra"]],
  ])("for %s", async (_why, body, fields) => {
    expect(fieldsOf(await expectRefused(body, 400, "invalid_request"))).toEqual(fields);
  });
});

describe("POST /v1/verifications, 400 invalid_request", () => {
  test.each([
    ["no body", ""],
    ["half an object", '{"to":"+1415'],
    ["a comma too many", `{"to":"${to}",}`],
    ["single quotes", `{'to':'${to}'}`],
    ["a form", `to=${to}`],
    ["two values", `{"to":"${to}"}{"to":"${to}"}`],
    ["a byte-order mark and an open brace", "\ufeff{"],
    ["NaN", '{"to":NaN}'],
    ["a prototype", `{"to":"${to}","__proto__":{"channel":"call"}}`],
    ["a prototype written with an escape", `{"to":"${to}","\\u005f_proto__":{"channel":"call"}}`],
    ["a prototype within", `{"to":"${to}","metadata":{"__proto__":{"a":"b"}}}`],
    ["a constructor's prototype", `{"to":"${to}","constructor":{"prototype":{"channel":"call"}}}`],
    ["a deep list", nested(8000)],
  ])("for %s", async (_why, body) => {
    const answer = await expectRefused(body, 400, "invalid_request");
    expect(answer.body.length).toBeLessThan(1000);
  });

  test.each(['{"metadata":{"__proto__":"x"}}', '{"__proto__":1}', '{"constructor":{"prototype":1}}'])(
    "says that a name is not taken where the body is JSON: %s",
    async (body) => {
      const { detail } = (await expectRefused(body, 400, "invalid_request")).json<{ detail: string }>();
      expect(detail).toContain("__proto__");
      expect(detail).not.toContain("JSON");
    },
  );

  test.each([
    ["is empty", ""],
    ["is too long", "n".repeat(65)],
  ])("says how long a name of metadata may be where one %s", async (_why, name) => {
    const answer = await expectRefused({ to, metadata: { [name]: "v" } }, 400, "invalid_request");
    const { errors } = answer.json<{ errors: { message: string }[] }>();
    expect(errors.map(({ message }) => message)).toEqual(["names must be 1 to 64 characters"]);
  });

  test("says nothing of what was sent", async () => {
    const body = { to: "+1415PRIVATE", channel: "PRIVATE", locale: "PRIVATE!", metadata: { a: ["PRIVATE"] } };
    const answer = await expectRefused(body, 400, "invalid_request");
    expect(answer.body).not.toContain("PRIVATE");
  });
});

describe("POST /v1/verifications", () => {
  test.each([
    ["a number of 1 MB", { to: `+${"1".repeat(1_000_000)}` }],
    ["a body of 16 KiB and one byte", `"${"x".repeat(16 * 1024 - 1)}"`],
    ["a nest of 1 MB", nested(500_000)],
  ])("413 for %s", async (_why, body) => {
    await expectRefused(body, 413, "payload_too_large");
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "nonsense"])(
    "415 for %s",
    async (contentType) => {
      const left = await api.created(async () => {
        const answer = await api.post("/v1/verifications", JSON.stringify({ to }), { "content-type": contentType });
        expectProblem(answer, 415, "unsupported_media_type");
      });
      expect(left).toEqual([]);
    },
  );

  test.each<[string, Record<string, string>]>([
    ["a packed body", { "content-encoding": "gzip" }],
    ["a body packed twice", { "content-encoding": "identity, BR" }],
    ["UTF-16", { "content-type": "application/json; charset=utf-16" }],
    ["a quoted charset", { "content-type": 'application/json; v=1; Charset="ISO-8859-1"' }],
  ])("415 for %s", async (_what, headers) => {
    const left = await api.created(async () => {
      const answer = await api.post("/v1/verifications", JSON.stringify({ to }), headers);
      expectProblem(answer, 415, "unsupported_media_type");
      const simple = await api.post("/auth/request-otp", JSON.stringify({ phone_number: to }), headers);
      expect([simple.statusCode, simple.json()]).toEqual([415, { error: expect.any(String) }]);
    });
    expect(left).toEqual([]);
  });

  test.each<Record<string, string>>([
    { "content-encoding": "identity" },
    { "content-encoding": "" },
    { "content-type": "application/json; charset=UTF-8" },
    { "content-type": 'Application/JSON;charset="utf-8"' },
    { "content-type": "application/json; charset=us-ascii" },
    { "content-type": "application/json; v=1" },
  ])("202 for %j", async (headers) => {
    const answer = await api.post("/v1/verifications", JSON.stringify({ to: randomNumber() }), headers);
    expect(answer.statusCode, answer.body).toBe(202);
  });

  test("415 for a body of no type", async () => {
    const headers = { authorization: `Bearer ${api.key}` };
    const request = {
      method: "POST",
      url: "/v1/verifications",
      headers,
      payload: Buffer.from(`{"to":"${to}"}`),
    } as const;
    expectProblem(await api.app.inject(request), 415, "unsupported_media_type");
  });
});
