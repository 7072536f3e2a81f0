import { randomNumber } from "@watchword/otp-core/testing";
import { describe, expect, test } from "vitest";
import { expectProblem, startTestApi } from "../testing/api.fixture.ts";

const api = await startTestApi();
const { core, post } = api;
const start = (to: string) => post("/v1/verifications", { to });
const statuses = (answers: { statusCode: number }[]) => answers.map(({ statusCode }) => statusCode);

describe("POST /v1/verifications, 429 too_many_requests", () => {
  test("for the sixth request of a number in 15 minutes, with fields that agree", async () => {
    const to = randomNumber();
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push(await start(to));
    expect(statuses(answers)).toEqual([202, 200, 200, 200, 200]);
    const left = await api.created(async () => {
      const sixth = await start(to);
      expectProblem(sixth, 429, "too_many_requests");
      const wait = Number(sixth.headers["retry-after"]);
      expect(wait).toBeGreaterThan(890);
      expect(wait).toBeLessThanOrEqual(900);
      expect(sixth.headers["ratelimit-policy"]).toBe('"number-15m";q=5;w=900');
      expect(sixth.headers["ratelimit"]).toBe(`"number-15m";r=0;t=${wait}`);
      expect(sixth.json<{ detail: string }>().detail).toContain(`${wait} s`);
    });
    expect(left).toEqual([]);
  });

  test("for exactly those beyond the fifth, however many come at once", async () => {
    const to = randomNumber();
    const answers = await Promise.all(Array.from({ length: 20 }, () => start(to)));
    const count = (status: number) => statuses(answers).filter((each) => each === status).length;
    expect([count(202), count(200), count(429)]).toEqual([1, 4, 15]);
  });

  test("whatever becomes of the verifications in between, and across both forms", async () => {
    const to = randomNumber();
    for (let i = 0; i < 5; i++) {
      const answer = i % 2 === 0 ? await start(to) : await post("/auth/request-otp", { phone_number: to });
      expect(answer.statusCode).toBe(202);
      const { id = "", message_id: messageId = "" } = answer.json<{ id?: string; message_id?: string }>();
      expect((await post(`/v1/verifications/${id || messageId}/cancel`, {})).statusCode).toBe(200);
    }
    expectProblem(await start(to), 429, "too_many_requests");
  });

  test("until the oldest request is 15 minutes old, and by the day after the tenth", async () => {
    const { to, id } = await api.start();
    for (let i = 0; i < 4; i++) await start(to);
    expectProblem(await start(to), 429, "too_many_requests");
    await core.age(id, 900);
    const next = await start(to);
    expect(next.statusCode).toBe(202);
    for (let i = 0; i < 4; i++) await start(to);
    await core.age(next.json<{ id: string }>().id, 900);
    const eleventh = await start(to);
    expectProblem(eleventh, 429, "too_many_requests");
    expect(eleventh.headers["ratelimit-policy"]).toBe('"number-24h";q=10;w=86400');
    expect(Number(eleventh.headers["retry-after"])).toBeGreaterThan(80_000);
  });

  test("of one application: another's requests of the number are its own", async () => {
    const to = randomNumber();
    for (let i = 0; i < 6; i++) await start(to);
    const other = await post("/v1/verifications", { to }, { authorization: `Bearer ${api.otherKey}` });
    expect(other.statusCode).toBe(202);
  });

  test("not for refused requests: they are nobody's", async () => {
    const to = randomNumber();
    for (let i = 0; i < 6; i++) await post("/v1/verifications", { to, channel: "call" });
    expect((await start(to)).statusCode).toBe(202);
  });

  test("not lifted by a forged address", async () => {
    const to = randomNumber();
    for (let i = 0; i < 5; i++) await start(to);
    const forged = { "x-forwarded-for": "198.51.100.7", forwarded: "for=198.51.100.7", "x-real-ip": "198.51.100.7" };
    expectProblem(await post("/v1/verifications", { to }, forged), 429, "too_many_requests");
  });
});
