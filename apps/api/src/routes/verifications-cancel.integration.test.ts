import { describe, expect, test } from "vitest";
import { expectProblem, fieldsOf, startTestApi } from "../testing/api.fixture.ts";

const api = await startTestApi();
const { core, post } = api;
const cancel = (id: string, body?: object | string, headers?: Record<string, string>) =>
  post(`/v1/verifications/${id}/cancel`, body, headers);

describe("POST /v1/verifications/{id}/cancel", () => {
  test("200, canceled for good: its code is never accepted", async () => {
    const { id, code } = await api.start();
    const answer = await cancel(id, {});
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ id, status: "canceled" });
    const checked = await post(`/v1/verifications/${id}/check`, { code });
    expect(checked.json()).toEqual({ id, status: "canceled", valid: false, attempts_remaining: 3 });
    expect((await api.get(`/v1/verifications/${id}`)).json()).toMatchObject({ status: "canceled" });
  });

  test.each([
    ["no body and no type", undefined, {}],
    ["no body, called JSON", "", {}],
    ["no body, called JSON of a charset", "", { "content-type": "application/json; charset=utf-8" }],
  ])("200 for %s", async (_what, body, headers) => {
    const { id } = await api.start();
    const answer = await cancel(id, body, headers);
    expect(answer.statusCode, answer.body).toBe(200);
  });

  test("409 for a verification that is over", async () => {
    const approved = await api.start();
    await post(`/v1/verifications/${approved.id}/check`, { code: approved.code });
    const expired = await api.start();
    await core.age(expired.id, 300);
    const canceled = await api.start();
    await cancel(canceled.id, {});
    for (const { id } of [approved, expired, canceled]) {
      expectProblem(await cancel(id, {}), 409, "verification_not_pending");
    }
  });

  test("200 once and 409 for the others that cancel at the same time", async () => {
    const { id } = await api.start();
    const answers = await Promise.all(Array.from({ length: 5 }, () => cancel(id, {})));
    expect(answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409, 409]);
  });

  test("400 for a field, and it is still pending", async () => {
    const { id } = await api.start();
    const answer = await cancel(id, { reason: "user left" });
    expectProblem(answer, 400, "invalid_request");
    expect(fieldsOf(answer)).toEqual(["reason"]);
    expect((await api.get(`/v1/verifications/${id}`)).json()).toMatchObject({ status: "pending" });
  });
});
