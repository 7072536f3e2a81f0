import { randomNumber } from "@watchword/otp-core/testing";
import { describe, expect, test } from "vitest";
import { expectProblem, fieldsOf, startTestApi } from "../testing/api.fixture.ts";

const api = await startTestApi();
const other = { authorization: `Bearer ${api.otherKey}` };
const path = (id: string) => `/v1/verifications/${id}`;

describe("DELETE /v1/verifications/{id}", () => {
  test("204 without a body, and it is gone", async () => {
    const { id, code, to } = await api.start();
    const answer = await api.delete(path(id));
    expect(answer.statusCode).toBe(204);
    expect(answer.body).toBe("");
    expectProblem(await api.get(path(id)), 404, "verification_not_found");
    expectProblem(await api.post(`${path(id)}/check`, { code }), 404, "verification_not_found");
    expectProblem(await api.post("/v1/verifications/check", { to, code }), 404, "verification_not_found");
  });

  test("404 the second time, for another application and for what is no id", async () => {
    const { id } = await api.start();
    expectProblem(await api.delete(path(id), other), 404, "verification_not_found");
    expect((await api.get(path(id))).statusCode).toBe(200);
    expect((await api.delete(path(id))).statusCode).toBe(204);
    expectProblem(await api.delete(path(id)), 404, "verification_not_found");
    expectProblem(await api.delete(path("+14155550123")), 404, "verification_not_found");
  });

  test("401 without a key", async () => {
    const { id } = await api.start();
    expectProblem(await api.delete(path(id), { authorization: "" }), 401, "unauthorized");
  });
});

describe("DELETE /v1/numbers/{e164}", () => {
  test.each([
    ["as it is", (to: string) => to],
    ["percent-encoded", encodeURIComponent],
  ])("204 for a number %s, and all of it is gone for this application alone", async (_how, written) => {
    const { id, to } = await api.start();
    const others = await api.post("/v1/verifications", { to }, other);
    const answer = await api.delete(`/v1/numbers/${written(to)}`);
    expect([answer.statusCode, answer.body]).toEqual([204, ""]);
    expectProblem(await api.get(path(id)), 404, "verification_not_found");
    expect((await api.get(path(others.json<{ id: string }>().id), other)).statusCode).toBe(200);
  });

  test("204 just so where there was nothing", async () => {
    const known = await api.start();
    const answers = [known.to, known.to, randomNumber()].map((to) => api.delete(`/v1/numbers/${to}`));
    const told = (await Promise.all(answers)).map(({ statusCode, body, headers: { date: _date, ...headers } }) => ({
      statusCode,
      body,
      headers,
    }));
    expect(told[0]).toMatchObject({ statusCode: 204, body: "" });
    for (const other of told) expect(other).toEqual(told[0]);
  });

  test("400 for what is no number, by the name of its field", async () => {
    const answer = await api.delete("/v1/numbers/4155550123");
    expectProblem(answer, 400, "invalid_phone_number");
    expect(fieldsOf(answer)).toEqual(["e164"]);
  });

  test("401 without a key", async () => {
    expectProblem(await api.delete(`/v1/numbers/${randomNumber()}`, { authorization: "" }), 401, "unauthorized");
  });

  test("the number is in no log line", async () => {
    const to = randomNumber();
    await api.delete(`/v1/numbers/${to}`);
    await api.delete(`/v1/numbers/${to}x`);
    expect(api.log()).toContain("/v1/numbers/:e164");
    expect(api.log()).not.toContain(to.slice(1));
  });
});
