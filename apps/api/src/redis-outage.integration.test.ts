import { createTestCore, randomNumber, startProxy } from "@watchword/otp-core/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Answer, expectProblem, startTestApi } from "./testing/api.fixture.ts";
import { messageEvent, signed } from "./testing/telnyx-webhook.fixture.ts";

const direct = await createTestCore();
const proxy = await startProxy(direct.redisUrl);
afterAll(async () => {
  await proxy.close();
  await direct.close();
});
const api = await startTestApi({ redisUrl: proxy.url });
const { app, get, post } = api;
const id = `vf_${"A".repeat(32)}`;

const webhook = () => {
  const payload = messageEvent(randomNumber());
  const url = `/webhooks/telnyx/dl_${"A".repeat(32)}_1`;
  return app.inject({ method: "POST", url, payload, headers: signed(payload) });
};
const asked = randomNumber();
/** Every route that needs Redis and answers a refusal as a problem. */
const routes: [name: string, call: () => Promise<Answer>][] = [
  ["POST /v1/verifications", () => post("/v1/verifications", { to: randomNumber() })],
  ["POST /v1/verifications of a number", () => post("/v1/verifications", { to: asked })],
  ["POST /v1/verifications of the same number", () => post("/v1/verifications", { to: asked })],
  ["POST /v1/verifications/check", () => post("/v1/verifications/check", { to: randomNumber(), code: "123456" })],
  ["POST /v1/verifications/{id}/check", () => post(`/v1/verifications/${id}/check`, { code: "123456" })],
  ["POST /v1/verifications/{id}/resend", () => post(`/v1/verifications/${id}/resend`, {})],
  ["POST /v1/verifications/{id}/cancel", () => post(`/v1/verifications/${id}/cancel`, {})],
  ["GET /v1/verifications/{id}", () => get(`/v1/verifications/${id}`)],
  ["POST /webhooks/telnyx/{delivery_id}", webhook],
  ["GET /readyz", () => get("/readyz")],
];

const outages: [how: string, begin: () => Promise<void> | void][] = [
  ["gone", () => proxy.cut()],
  ["silent", () => proxy.hang()],
];

/** Restores Redis, and waits until this same app serves again. */
async function restored() {
  await proxy.restore();
  await expect.poll(async () => (await get("/readyz")).statusCode, { timeout: 10_000 }).toBe(200);
}

describe.each(outages)("while Redis is %s", (_how, begin) => {
  beforeAll(async () => {
    expect((await webhook()).statusCode).toBe(200);
  });
  afterEach(restored);

  test("every route answers 503 unavailable with Retry-After within 2 s, and the process is alive", async () => {
    await begin();
    const begun = performance.now();
    const timed = async ([name, call]: (typeof routes)[number]) => ({ name, answer: await call() });
    const answers = await Promise.all(routes.map(timed));
    expect(performance.now() - begun).toBeLessThan(2000);
    for (const { name, answer } of answers) {
      expectProblem(answer, 503, "unavailable");
      expect(Number(answer.headers["retry-after"]), name).toBeGreaterThan(0);
      expect(answer.body).not.toMatch(/redis|connection|127\.0\.0\.1/i);
    }
    for (const url of ["/health", "/healthz", "/.well-known/jwks.json"]) expect((await get(url)).statusCode).toBe(200);
  });

  test("the two-endpoint form answers 503 {error} with Retry-After", async () => {
    await begin();
    const phone_number = randomNumber();
    for (const answer of await Promise.all([
      post("/auth/request-otp", { phone_number }),
      post("/auth/verify-otp", { phone_number, otp: "123456" }),
    ])) {
      expect([answer.statusCode, answer.json()]).toEqual([503, { error: expect.any(String) }]);
      expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    }
  });

  test("refusals that need no Redis are what they always are", async () => {
    await begin();
    expectProblem(await post("/v1/verifications", {}), 400, "invalid_request");
    expectProblem(await get(`/v1/verifications/${id}`, { authorization: "Bearer wrong" }), 401, "unauthorized");
    expect((await app.inject({ method: "POST", url: "/webhooks/telnyx/dl_1", payload: "{}" })).statusCode).toBe(401);
  });

  test("the same app serves again as soon as Redis does, and what was refused can be asked again", async () => {
    const to = randomNumber();
    await begin();
    expectProblem(await post("/v1/verifications", { to }), 503, "unavailable");
    await restored();
    const answer = await post("/v1/verifications", { to });
    expect([200, 202]).toContain(answer.statusCode);
    const { id: begunId, deliveries } = answer.json<{ id: string; deliveries: [{ id: string }] }>();
    const deliveryId = deliveries[0].id;
    expect(JSON.parse((await api.job("sms-telnyx", deliveryId))["data"] ?? "")).toEqual({ deliveryId });
    const code = await direct.codeOf(begunId);
    expect((await post(`/v1/verifications/${begunId}/check`, { code })).json()).toMatchObject({ valid: true });
    expect((await webhook()).statusCode).toBe(200);
  });
});

test("a delivery that was recorded just before an outage gets its job with the next request for its number", async () => {
  const { deliveryId, to } = await api.start();
  await direct.redis.del(`ww:{sms-telnyx}:sms-telnyx:${deliveryId}`);
  expect((await post("/v1/verifications", { to })).statusCode).toBe(200);
  expect(JSON.parse((await api.job("sms-telnyx", deliveryId))["data"] ?? "")).toEqual({ deliveryId });
});
