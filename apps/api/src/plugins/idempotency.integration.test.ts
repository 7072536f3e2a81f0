import { randomNumber } from "@watchword/otp-core/testing";
import { describe, expect, test } from "vitest";
import { type Answer, expectProblem, fieldsOf, startTestApi } from "../testing/api.fixture.ts";
import { essence, expectReplay, newKey, timesWaiting, wasReplayed } from "../testing/idempotency.fixture.ts";

const api = await startTestApi();
const { core, post } = api;
type Started = { id: string; deliveries: { id: string }[] };

describe("a request sent again with its Idempotency-Key is answered as it was, byte for byte,", () => {
  test("when it started a verification, and nothing more is sent or counted", async () => {
    const [key, to] = [newKey(), randomNumber()];
    const first = await post("/v1/verifications", { to, metadata: { name: "Zoë • 🙂" } }, key);
    expect(first.statusCode).toBe(202);
    expect(first.headers["location"]).toContain("/v1/verifications/vf_");
    for (let i = 0; i < 9; i++) {
      expectReplay(first, await post("/v1/verifications", { to, metadata: { name: "Zoë • 🙂" } }, key));
    }
    expect(await timesWaiting(api, first.json<Started>().deliveries[0]?.id ?? "")).toBe(1);
    expect((await post("/v1/verifications", { to })).statusCode).toBe(200);
  });

  test("when it checked the right code: the token is the same", async () => {
    const key = newKey();
    const { id, to, code } = await api.start();
    const first = await post(`/v1/verifications/${id}/check`, { code }, key);
    expect(first.json()).toMatchObject({ valid: true, token: expect.any(String) });
    expectReplay(first, await post(`/v1/verifications/${id}/check`, { code }, key));
    expect((await post("/v1/verifications/check", { to, code })).json()).toMatchObject({ valid: false });
  });

  test("when it checked a wrong code: that costs one attempt", async () => {
    const key = newKey();
    const { to, code } = await api.start();
    const body = { to, code: api.wrong(code) };
    const first = await post("/v1/verifications/check", body, key);
    for (let i = 0; i < 4; i++) expectReplay(first, await post("/v1/verifications/check", body, key));
    expect((await post("/v1/verifications/check", { to, code })).json()).toMatchObject({
      valid: true,
      attempts_remaining: 2,
    });
  });

  test("when it asked for the code once more, or canceled, and when it had no body", async () => {
    const { id } = await api.start();
    await core.age(id, 30);
    for (const [action, status] of [
      ["resend", 202],
      ["cancel", 200],
    ] as const) {
      const key = newKey();
      const first = await post(`/v1/verifications/${id}/${action}`, undefined, key);
      expect(first.statusCode).toBe(status);
      expectReplay(first, await post(`/v1/verifications/${id}/${action}`, undefined, key));
    }
    const { deliveries } = (await api.get(`/v1/verifications/${id}`)).json<Started>();
    expect(deliveries).toHaveLength(2);
  });

  test("where the limit of the number would refuse it by now", async () => {
    const [key, to] = [newKey(), randomNumber()];
    const first = await post("/v1/verifications", { to }, key);
    for (let i = 0; i < 4; i++) await post("/v1/verifications", { to });
    expectProblem(await post("/v1/verifications", { to }), 429, "too_many_requests");
    expectReplay(first, await post("/v1/verifications", { to }, key));
  });

  test("whichever way the key and the body are written", async () => {
    const [name, to] = [`key ${randomNumber()}`, randomNumber()];
    const first = await post("/v1/verifications", `{"to":"${to}","locale":"en","metadata":{"a":"1","b":"2"}}`, {
      "idempotency-key": name,
    });
    const again = `{ "metadata": {"b": "2", "a": "1"}, "locale": "en", "to": "${to}" }`;
    expectReplay(first, await post("/v1/verifications", again, { "idempotency-key": `"${name}"` }));
  });
});

test("100 equal requests at once lead to one verification and one job, and each is answered the same or 409", async () => {
  const [key, to] = [newKey(), randomNumber()];
  let answers: Answer[] = [];
  const left = await api.created(async () => {
    answers = await Promise.all(Array.from({ length: 100 }, () => post("/v1/verifications", { to }, key)));
  });
  const accepted = answers.filter(({ statusCode }) => statusCode === 202);
  const first = accepted.find((answer) => !wasReplayed(answer));
  if (!first) throw new Error("none of them was carried out");
  expect(accepted.filter((answer) => !wasReplayed(answer))).toHaveLength(1);
  for (const answer of accepted) expect(essence(answer)).toEqual(essence(first));
  for (const answer of answers.filter(({ statusCode }) => statusCode !== 202)) {
    expectProblem(answer, 409, "idempotency_in_progress");
    expect(answer.headers["retry-after"]).toBe("1");
  }
  expect(left.filter((name) => name.includes(":v:"))).toHaveLength(1);
  expect(left.filter((name) => name.includes(":dl_"))).toHaveLength(1);
  expect(await timesWaiting(api, first.json<Started>().deliveries[0]?.id ?? "")).toBe(1);
  expectReplay(first, await post("/v1/verifications", { to }, key));
});

describe("422 idempotency_conflict for another request with the same key,", () => {
  test("be it another body, verification or route, and the first answer stays", async () => {
    const key = newKey();
    const [{ id, code }, other] = [await api.start(), await api.start()];
    const body = { code: api.wrong(code) };
    const first = await post(`/v1/verifications/${id}/check`, body, key);
    for (const [url, sent] of [
      [`/v1/verifications/${id}/check`, { code }],
      [`/v1/verifications/${other.id}/check`, body],
      [`/v1/verifications/check`, { to: other.to, ...body }],
      [`/v1/verifications/${id}/cancel`, undefined],
      [`/v1/verifications/${id}/resend`, {}],
      ["/v1/verifications", { to: randomNumber() }],
    ] as const) {
      const refused = await post(url, sent, key);
      expectProblem(refused, 422, "idempotency_conflict");
      expect(wasReplayed(refused)).toBe(false);
    }
    expectReplay(first, await post(`/v1/verifications/${id}/check`, body, key));
    expect((await api.get(`/v1/verifications/${id}`)).json()).toMatchObject({
      status: "pending",
      attempts_remaining: 2,
    });
  });
});

describe("an Idempotency-Key", () => {
  test("of another application is another one", async () => {
    const [key, to] = [newKey(), randomNumber()];
    const first = await post("/v1/verifications", { to }, key);
    const other = await post("/v1/verifications", { to }, { ...key, authorization: `Bearer ${api.otherKey}` });
    expect([other.statusCode, wasReplayed(other)]).toEqual([202, false]);
    expect(other.json<Started>().id).not.toBe(first.json<Started>().id);
  });

  test.each(["", '""', '"', '"a', "clé", "k".repeat(256), "a\tb"])(
    "of the value %j is 400 invalid_request, and nothing is begun",
    async (value) => {
      const left = await api.created(async () => {
        const answer = await post("/v1/verifications", { to: randomNumber() }, { "idempotency-key": value });
        expectProblem(answer, 400, "invalid_request");
        expect(fieldsOf(answer)).toEqual(["Idempotency-Key"]);
      });
      expect(left).toEqual([]);
    },
  );

  test("that comes on two lines is 400 invalid_request", async () => {
    const headers = { authorization: `Bearer ${api.key}`, "idempotency-key": ["a", "b"] };
    const payload = { to: randomNumber() };
    const answer = await api.app.inject({ method: "POST", url: "/v1/verifications", payload, headers });
    expectProblem(answer, 400, "invalid_request");
    expect(fieldsOf(answer)).toEqual(["Idempotency-Key"]);
  });

  test("is nothing that a request without the API key gets to use", async () => {
    const key = newKey();
    const { id, code } = await api.start();
    await post(`/v1/verifications/${id}/check`, { code }, key);
    const stranger = { ...key, authorization: "Bearer wrong" };
    expectProblem(await post(`/v1/verifications/${id}/check`, { code }, stranger), 401, "unauthorized");
    const malformed = { "idempotency-key": '"', authorization: "Bearer wrong" };
    expectProblem(await post(`/v1/verifications/${id}/check`, { code }, malformed), 401, "unauthorized");
  });

  test("means nothing where it is not taken: reads and the two-endpoint form", async () => {
    const phone_number = randomNumber();
    const key = newKey();
    const first = await post("/auth/request-otp", { phone_number }, key);
    const second = await post("/auth/request-otp", { phone_number }, key);
    expect([first.statusCode, second.statusCode]).toEqual([202, 200]);
    const { id } = await api.start();
    expect((await api.get(`/v1/verifications/${id}`, { "idempotency-key": '"' })).statusCode).toBe(200);
  });
});
