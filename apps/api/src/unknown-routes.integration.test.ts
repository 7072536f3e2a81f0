import { describe, expect, test } from "vitest";
import { type Answer, expectProblem, startTestApi } from "./testing/api.fixture.ts";

const { app, key } = await startTestApi();

type Target = readonly [method: "GET" | "POST" | "PUT" | "DELETE" | "PATCH" | "OPTIONS" | "HEAD", url: string];
const send = ([method, url]: Target, headers = {}) => app.inject({ method, url, headers });
const withKey = { authorization: `Bearer ${key}` };

/** All that an answer tells but the time of day. */
function tells({ statusCode, headers, body }: Answer) {
  const { date: _date, ...rest } = headers;
  return { statusCode, headers: rest, body };
}

const known: Target[] = [
  ["POST", "/v1/verifications"],
  ["POST", "/v1/verifications/check"],
  ["POST", `/v1/verifications/vf_${"A".repeat(32)}/cancel`],
];
const unknown: Target[] = [
  ["GET", "/v1"],
  ["GET", "/v1/"],
  ["POST", "/v1/verification"],
  ["POST", "/v1/verifications/"],
  ["GET", "/v1/verifications"],
  ["PUT", "/v1/verifications"],
  ["DELETE", "/v1/verifications"],
  ["PATCH", "/v1/verifications/vf_1"],
  ["OPTIONS", "/v1/verifications"],
  ["GET", "/v1/admin"],
  ["GET", "/v1/verifications/vf_1/check/x"],
  ["GET", "/%761/x"],
];

describe("below /v1", () => {
  test("without a key all that is not there answers as all that is: 401, and the same in every byte", async () => {
    const [first, ...others] = await Promise.all(
      [...known, ...unknown].map(async (target) => tells(await send(target))),
    );
    expect(first?.statusCode).toBe(401);
    for (const other of others) expect(other).toEqual(first);
  });

  test("a wrong key learns as little", async () => {
    const wrong = { authorization: "Bearer wrong" };
    const expected = tells(await send(["POST", "/v1/verifications"]));
    for (const target of [...known, ...unknown]) expect(tells(await send(target, wrong))).toEqual(expected);
  });

  test.each(unknown)("%s %s is a 404 problem with the key", async (method, url) => {
    expectProblem(await send([method, url], withKey), 404, "not_found");
  });
});

describe("below /auth", () => {
  const there: Target = ["POST", "/auth/request-otp"];
  const notThere: Target[] = [
    ["GET", "/auth"],
    ["GET", "/auth/request-otp"],
    ["POST", "/auth/login"],
    ["DELETE", "/auth/verify-otp"],
  ];

  test("without a key all that is not there answers as all that is: 401, and the same in every byte", async () => {
    const expected = tells(await send(there));
    expect([expected.statusCode, JSON.parse(expected.body)]).toEqual([401, { error: expect.any(String) }]);
    for (const target of notThere) expect(tells(await send(target))).toEqual(expected);
  });

  test.each(notThere)("%s %s is a 404 {error} with the key", async (method, url) => {
    const answer = await send([method, url], withKey);
    expect([answer.statusCode, answer.json()]).toEqual([404, { error: "There is no such route." }]);
  });
});

test.each<Target>([
  ["GET", "/"],
  ["GET", "/v2/verifications"],
  ["GET", "/v1x"],
  ["GET", "/V1/verifications"],
  ["POST", "/healthz"],
  ["GET", "/webhooks/telnyx/dl_1"],
])("%s %s, elsewhere, is a 404 problem with and without the key", async (method, url) => {
  const answer = await send([method, url]);
  expectProblem(answer, 404, "not_found");
  expect(tells(await send([method, url], withKey))).toEqual(tells(answer));
});
