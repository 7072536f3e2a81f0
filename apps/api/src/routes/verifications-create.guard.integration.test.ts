import { randomNumber } from "@watchword/otp-core/testing";
import { expect, test } from "vitest";
import { type Answer, expectProblem, startTestApi } from "../testing/api.fixture.ts";

const hour = (limit: number) => ({ limit, windowSeconds: 3600 });
const api = await startTestApi({
  settings: { guard: "enforce", resendGapSeconds: 0, limits: { "country-1h": hour(8), address: hour(2) } },
});
const { post } = api;

/** All that an answer says of its limit agrees. */
function expectLimit(answer: Answer, policy: string, quota: number, windowSeconds: number): void {
  const wait = Number(answer.headers["retry-after"]);
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(windowSeconds);
  expect(answer.headers["ratelimit-policy"]).toBe(`"${policy}";q=${quota};w=${windowSeconds}`);
  expect(answer.headers["ratelimit"]).toBe(`"${policy}";r=0;t=${wait}`);
  expect(answer.json()).toMatchObject({ policy, detail: expect.stringContaining(`${wait} s`) });
}

test("an address has its limit by the body alone: no header of the request speaks for another", async () => {
  const body = () => ({ to: randomNumber(), client_ip: "2001:db8::1" });
  const forged = { "x-forwarded-for": "198.51.100.7", forwarded: "for=198.51.100.7", "x-real-ip": "198.51.100.7" };
  for (let i = 0; i < 2; i++) expect((await post("/v1/verifications", body(), forged)).statusCode).toBe(202);
  const third = await post("/v1/verifications", { ...body(), client_ip: "2001:db8::2" }, forged);
  expectProblem(third, 429, "too_many_requests");
  expectLimit(third, "address", 2, 3600);
});

test("a sweep suspends its destination, and says for how long", async () => {
  for (let i = 0; i < 4; i++) {
    expect((await post("/v1/verifications", { to: `+4477009001${10 + i}` })).statusCode).toBe(202);
  }
  const fifth = await post("/v1/verifications", { to: "+447700900150" });
  expectProblem(fifth, 429, "destination_suspended");
  expectLimit(fifth, "sweep", 4, 600);
  expect((await post("/auth/request-otp", { phone_number: "+447700900151" })).statusCode).toBe(429);
});

test("wrong codes in a row lock a number for starts, resends and checks of either form", async () => {
  const { to, id, code } = await api.start();
  const wrong = api.wrong(code);
  await api.core.redis.hset(`ww:{${id.slice(3, 19)}}:number`, "guard", "9 0 0 0");
  expect((await post(`/v1/verifications/${id}/check`, { code: wrong })).statusCode).toBe(200);
  for (const answer of [
    await post(`/v1/verifications/${id}/check`, { code }),
    await post("/v1/verifications/check", { to, code }),
    await post(`/v1/verifications/${id}/resend`),
    await post("/v1/verifications", { to }),
  ]) {
    expectProblem(answer, 429, "number_locked");
    expectLimit(answer, "number-lock", 10, 900);
  }
  for (const [url, body] of [
    ["/auth/verify-otp", { phone_number: to, otp: code }],
    ["/auth/request-otp", { phone_number: to }],
  ] as const) {
    const answer = await post(url, body);
    expect(answer.statusCode).toBe(429);
    expect(Object.keys(answer.json())).toEqual(["error"]);
  }
});
