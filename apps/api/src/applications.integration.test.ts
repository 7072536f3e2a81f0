import { randomNumber } from "@watchword/otp-core/testing";
import { describe, expect, test } from "vitest";
import { type Answer, expectProblem, startTestApi } from "./testing/api.fixture.ts";

const api = await startTestApi();
const other = { authorization: `Bearer ${api.otherKey}` };

interface Body {
  id: string;
  status: string;
  attempts_remaining: number;
}

const start = (to: string, headers = {}) => api.post("/v1/verifications", { to }, headers);
const idOf = (answer: Answer) => answer.json<Body>().id;
/** What an answer tells whoever gets it. */
const told = ({ statusCode, body, headers: { date: _date, ...headers } }: Answer) => ({ statusCode, body, headers });

const routes: [name: string, call: (id: string, headers: Record<string, string>) => Promise<Answer>][] = [
  ["read", (id, headers) => api.get(`/v1/verifications/${id}`, headers)],
  ["check", (id, headers) => api.post(`/v1/verifications/${id}/check`, { code: "000000" }, headers)],
  ["resend", (id, headers) => api.post(`/v1/verifications/${id}/resend`, {}, headers)],
  ["cancel", (id, headers) => api.post(`/v1/verifications/${id}/cancel`, {}, headers)],
  ["erase", (id, headers) => api.app.inject({ method: "DELETE", url: `/v1/verifications/${id}`, headers })],
];

describe("another application's verification", () => {
  test.each(routes)("is, to %s, like one that does not exist, and is left as it was", async (_name, call) => {
    const { id } = await api.start();
    const before = (await api.get(`/v1/verifications/${id}`)).json<Body>();
    const answer = await call(id, other);
    expectProblem(answer, 404, "verification_not_found");
    expect(told(answer)).toEqual(told(await call(`vf_${"A".repeat(32)}`, other)));
    expect((await api.get(`/v1/verifications/${id}`)).json()).toEqual(before);
  });

  test.each(routes)("that is over is, to %s, like one that does not exist", async (_name, call) => {
    const { id } = await api.start();
    expect((await api.post(`/v1/verifications/${id}/cancel`)).statusCode).toBe(200);
    expect(told(await call(id, other))).toEqual(told(await call(`vf_${"A".repeat(32)}`, other)));
  });

  test("has no route that is not among these", async () => {
    const { paths } = (await api.get("/openapi.json")).json<{ paths: Record<string, object> }>();
    const withId = Object.entries(paths).filter(([path]) => path.startsWith("/v1/verifications/{"));
    expect(withId.flatMap(([, methods]) => Object.keys(methods))).toHaveLength(routes.length);
  });

  test("is not found by its number, nor is its code of any use", async () => {
    const { to, id, code } = await api.start();
    const stranger = randomNumber();
    const [byNumber, unknown] = [
      await api.post("/v1/verifications/check", { to, code }, other),
      await api.post("/v1/verifications/check", { to: stranger, code }, other),
    ];
    expectProblem(byNumber, 404, "verification_not_found");
    expect(told(byNumber)).toEqual(told(unknown));
    const [verify, verifyUnknown] = [
      await api.post("/auth/verify-otp", { phone_number: to, otp: code }, other),
      await api.post("/auth/verify-otp", { phone_number: stranger, otp: code }, other),
    ];
    expect(verify.statusCode).toBe(401);
    expect(told(verify)).toEqual(told(verifyUnknown));
    expect((await api.get(`/v1/verifications/${id}`)).json()).toMatchObject({
      status: "pending",
      attempts_remaining: 3,
    });
    expect((await api.post(`/v1/verifications/${id}/check`, { code })).json()).toMatchObject({ valid: true });
  });
});

describe("one number verified by two applications", () => {
  test("is two verifications with codes and attempts of their own", async () => {
    const { to, id, code } = await api.start();
    const second = await start(to, other);
    expect(second.statusCode).toBe(202);
    const otherId = idOf(second);
    expect(otherId.slice(3, 19)).not.toBe(id.slice(3, 19)); // the tag, from which keys in Redis are named
    const otherCode = await api.core.codeOf(otherId);

    for (let attempt = 0; attempt < 3; attempt += 1)
      await api.post(`/v1/verifications/${id}/check`, { code: api.wrong(code) });
    expect((await api.get(`/v1/verifications/${id}`)).json()).toMatchObject({ status: "failed" });
    const checked = await api.post("/v1/verifications/check", { to, code: otherCode }, other);
    expect(checked.json()).toMatchObject({ id: otherId, valid: true, attempts_remaining: 3 });
  });

  test("has a token that names the application whose it is, and another subject", async () => {
    const claimsOf = async (to: string, headers: Record<string, string>) => {
      const id = idOf(await start(to, headers));
      const code = await api.core.codeOf(id);
      const { token } = (await api.post(`/v1/verifications/${id}/check`, { code }, headers)).json<{ token: string }>();
      return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { aud: string; sub: string };
    };
    const to = randomNumber();
    const [mine, theirs] = [await claimsOf(to, {}), await claimsOf(to, other)];
    expect(mine.aud).toBe(api.core.application.id);
    expect(theirs.aud).not.toBe(mine.aud);
    expect(theirs.sub).not.toBe(mine.sub);
  });

  test("has limits of its own for each: what one uses up, the other one has", async () => {
    const to = randomNumber();
    for (let request = 0; request < 5; request += 1) expect((await start(to)).statusCode).toBeLessThan(300);
    expectProblem(await start(to), 429, "too_many_requests");
    const form = (headers = {}) => api.post("/auth/request-otp", { phone_number: to }, headers);
    expect((await form()).statusCode).toBe(429);

    const fresh = await start(to, other);
    expect(fresh.statusCode).toBe(202);
    expect(told(fresh).headers["ratelimit"]).toBe(told(await start(randomNumber(), other)).headers["ratelimit"]);
    for (let request = 0; request < 4; request += 1) expect((await form(other)).statusCode).toBeLessThan(300);
    expect((await form(other)).statusCode).toBe(429);
    expectProblem(await start(to), 429, "too_many_requests");
  });

  test("can be canceled and begun anew by one without a trace for the other", async () => {
    const { to, id } = await api.start();
    const otherId = idOf(await start(to, other));
    await api.post(`/v1/verifications/${otherId}/cancel`, {}, other);
    expect((await api.get(`/v1/verifications/${id}`)).json()).toMatchObject({ id, status: "pending" });
    expect(idOf(await start(to))).toBe(id);
    expect(idOf(await start(to, other))).not.toBe(otherId);
  });
});
