import { describe, expect, test } from "vitest";
import { expectProblem, fieldsOf, startTestApi } from "../testing/api.fixture.ts";

const api = await startTestApi();
const { core, post } = api;
const resend = (id: string, body: object | string = {}) => post(`/v1/verifications/${id}/resend`, body);

interface Body {
  id: string;
  resend_at: string;
  deliveries: { id: string; status: string; created_at: string }[];
}

describe("POST /v1/verifications/{id}/resend", () => {
  test("202 with a second delivery of the same code, and one job for it", async () => {
    const { id, code } = await api.start();
    await core.age(id, 30);
    const answer = await resend(id, { channel: "sms" });
    expect(answer.statusCode).toBe(202);
    const { deliveries } = answer.json<Body>();
    expect(deliveries).toHaveLength(2);
    const second = deliveries[1]?.id ?? "";
    expect(second).toMatch(/_2$/);
    expect(JSON.parse((await api.job("sms-telnyx", second))["data"] ?? "")).toEqual({ deliveryId: second });
    expect(await core.codeOf(id)).toBe(code);
  });

  test.each([
    ["no body and no type", undefined, {}],
    ["no body, called JSON", "", {}],
    ["no body, called JSON of a charset", "", { "content-type": "application/json; charset=utf-8" }],
    ["an empty object", {}, {}],
  ])("202 for %s", async (_what, body, headers) => {
    const { id } = await api.start();
    await core.age(id, 30);
    const answer = await post(`/v1/verifications/${id}/resend`, body, headers);
    expect(answer.statusCode, answer.body).toBe(202);
  });

  test("429 resend_too_soon within the gap, with the wait; nothing is sent", async () => {
    const { id } = await api.start();
    const left = await api.created(async () => {
      const answer = await resend(id);
      expectProblem(answer, 429, "resend_too_soon");
      const wait = Number(answer.headers["retry-after"]);
      expect(wait).toBeGreaterThan(25);
      expect(wait).toBeLessThanOrEqual(30);
      expect(answer.json<{ detail: string }>().detail).toContain(`${wait} s`);
    });
    expect(left).toEqual([]);
  });

  test("the gap doubles with each resend, up to four times the first", async () => {
    const { id } = await api.start();
    const gaps: number[] = [];
    for (const gap of [30, 60, 120]) {
      await core.age(id, gap);
      const { deliveries, resend_at } = (await resend(id)).json<Body>();
      gaps.push(Date.parse(resend_at) - Date.parse(deliveries.at(-1)?.created_at ?? ""));
    }
    expect(gaps).toEqual([60_000, 120_000, 120_000]);
  });

  test("429 too_many_requests past five requests of the number", async () => {
    const { id, to } = await api.start();
    for (let i = 0; i < 4; i++) await post("/v1/verifications", { to });
    await core.age(id, 30);
    const left = await api.created(async () => {
      const answer = await resend(id);
      expectProblem(answer, 429, "too_many_requests");
      expect(answer.headers["ratelimit"]).toBe(`"number-15m";r=0;t=${answer.headers["retry-after"]}`);
    });
    expect(left).toEqual([]);
  });

  test("one delivery, however many ask at once", async () => {
    const { id } = await api.start();
    await core.age(id, 30);
    const answers = await Promise.all(Array.from({ length: 5 }, () => resend(id)));
    expect(answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([202, 429, 429, 429, 429]);
  });

  test("409 for a verification that is over, and nothing is sent", async () => {
    const approved = await api.start();
    await post(`/v1/verifications/${approved.id}/check`, { code: approved.code });
    const canceled = await api.start();
    await post(`/v1/verifications/${canceled.id}/cancel`, {});
    const expired = await api.start();
    await core.age(expired.id, 300);
    const left = await api.created(async () => {
      for (const { id } of [approved, canceled, expired])
        expectProblem(await resend(id), 409, "verification_not_pending");
    });
    expect(left).toEqual([]);
  });

  test.each([
    ["a channel that is not set up", { channel: "call" }, ["channel"]],
    ["an unknown channel", { channel: "fax" }, ["channel"]],
    ["an unknown field", { code: "123456" }, ["code"]],
    ["a list", [], ["body"]],
    ["a text", '"sms"', ["body"]],
  ])("400 for %s", async (_why, body, fields) => {
    const { id } = await api.start();
    await core.age(id, 30);
    const left = await api.created(async () => {
      const answer = await resend(id, body);
      expectProblem(answer, 400, "invalid_request");
      expect(fieldsOf(answer)).toEqual(fields);
    });
    expect(left).toEqual([]);
  });
});
