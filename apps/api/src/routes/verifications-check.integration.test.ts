import { randomNumber } from "@watchword/otp-core/testing";
import { describe, expect, test } from "vitest";
import { type Answer, expectProblem, fieldsOf, startTestApi } from "../testing/api.fixture.ts";

const api = await startTestApi();
const { core, post, wrong } = api;
const check = (id: string, code: string) => post(`/v1/verifications/${id}/check`, { code });
const tokenOf = (answer: Answer) => answer.json<{ token?: string }>().token;

describe("POST /v1/verifications/{id}/check", () => {
  test("200 and a token for the right code", async () => {
    const { id, code } = await api.start();
    const answer = await check(id, code);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      id,
      status: "approved",
      valid: true,
      attempts_remaining: 3,
      token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    });
  });

  test.each([
    ["with a space", (code: string) => `${code.slice(0, 3)} ${code.slice(3)}`],
    ["with a dash", (code: string) => `${code.slice(0, 3)}-${code.slice(3)}`],
    ["with spaces around", (code: string) => ` ${code}\t`],
  ])("200 for the right code typed %s", async (_how, typed) => {
    const { id, code } = await api.start();
    expect((await check(id, typed(code))).json()).toMatchObject({ valid: true });
  });

  test("200 with valid: false for a wrong code, and no token; at the last attempt it has failed", async () => {
    const { id, code } = await api.start();
    const bodies = [];
    for (let i = 0; i < 3; i++) bodies.push((await check(id, wrong(code))).json<object>());
    expect(bodies).toEqual([
      { id, status: "pending", valid: false, attempts_remaining: 2 },
      { id, status: "pending", valid: false, attempts_remaining: 1 },
      { id, status: "failed", valid: false, attempts_remaining: 0 },
    ]);
    expect((await check(id, code)).json()).toEqual({ id, status: "failed", valid: false, attempts_remaining: 0 });
  });

  test("200 with valid: false and its status once it is over", async () => {
    const used = await api.start();
    await check(used.id, used.code);
    expect((await check(used.id, used.code)).json()).toMatchObject({ status: "approved", valid: false });
    expect(tokenOf(await check(used.id, used.code))).toBeUndefined();

    const canceled = await api.start();
    await post(`/v1/verifications/${canceled.id}/cancel`, {});
    expect((await check(canceled.id, canceled.code)).json()).toMatchObject({ status: "canceled", valid: false });

    const expired = await api.start();
    await core.age(expired.id, 300);
    expect((await check(expired.id, expired.code)).json()).toMatchObject({ status: "expired", valid: false });
  });

  test("approves once under 50 concurrent checks of the right code", async () => {
    const { id, code } = await api.start();
    const answers = await Promise.all(Array.from({ length: 50 }, () => check(id, code)));
    expect(answers.filter((answer) => answer.json<{ valid: boolean }>().valid)).toHaveLength(1);
    expect(answers.filter(tokenOf)).toHaveLength(1);
  });

  test.each([
    ["no code", {}, ["code"]],
    ["a number", { code: 123_456 }, ["code"]],
    ["letters", { code: "12345a" }, ["code"]],
    ["Arabic digits", { code: "١٢٣٤٥٦" }, ["code"]],
    ["a NUL", { code: "123456\u0000" }, ["code"]],
    ["33 characters", { code: "1".repeat(33) }, ["code"]],
    ["no text", { code: "" }, ["code"]],
    ["spaces and dashes alone", { code: " - " }, ["code"]],
    ["another field", { code: "123456", to: "+14155550123" }, ["to"]],
  ])("400 for %s, and no attempt is counted", async (_why, body, fields) => {
    const { id } = await api.start();
    const answer = await post(`/v1/verifications/${id}/check`, body);
    expectProblem(answer, 400, "invalid_request");
    expect(fieldsOf(answer)).toEqual(fields);
    expect((await api.get(`/v1/verifications/${id}`)).json()).toMatchObject({ attempts_remaining: 3 });
  });
});

describe("POST /v1/verifications/check", () => {
  test("200 by number, as by id", async () => {
    const { to, id, code } = await api.start();
    const wrongly = await post("/v1/verifications/check", { to, code: wrong(code) });
    expect(wrongly.json()).toEqual({ id, status: "pending", valid: false, attempts_remaining: 2 });
    const written = `${to.slice(0, 2)} ${to.slice(2, 5)} ${to.slice(5)}`;
    const rightly = await post("/v1/verifications/check", { to: written, code });
    expect(rightly.json()).toMatchObject({ id, status: "approved", valid: true, attempts_remaining: 2 });
    expect(tokenOf(rightly)).toBeDefined();
  });

  test("404 for a number without any, and one of another application", async () => {
    expectProblem(
      await post("/v1/verifications/check", { to: randomNumber(), code: "123456" }),
      404,
      "verification_not_found",
    );
    const { to, code } = await api.start();
    const foreign = await post("/v1/verifications/check", { to, code }, { authorization: `Bearer ${api.otherKey}` });
    expectProblem(foreign, 404, "verification_not_found");
    expect((await post("/v1/verifications/check", { to, code })).json()).toMatchObject({ valid: true });
  });

  test("400 for a number that is none", async () => {
    const answer = await post("/v1/verifications/check", { to: "tel:+14155550123", code: "123456" });
    expectProblem(answer, 400, "invalid_phone_number");
  });
});
