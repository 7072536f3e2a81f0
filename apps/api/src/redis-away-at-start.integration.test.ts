import { connectForRequests } from "@watchword/otp-core";
import { createQueues } from "@watchword/otp-core/queue";
import { createTestCore, randomNumber, startProxy } from "@watchword/otp-core/testing";
import { afterAll, describe, expect, test } from "vitest";
import { expectProblem, startTestApi } from "./testing/api.fixture.ts";
import { messageEvent, signed } from "./testing/telnyx-webhook.fixture.ts";

const direct = await createTestCore();
const proxy = await startProxy(direct.redisUrl);
await proxy.cut();
const redis = connectForRequests(proxy.url);
redis.on("error", () => undefined);
const queues = createQueues(redis);
const api = await startTestApi({
  core: { ...direct, redis, queues, queue: queues, close: async () => redis.disconnect() },
});
afterAll(async () => {
  await proxy.close();
  await direct.close();
});

const deliveryId = `dl_${"A".repeat(32)}_1`;
const webhook = () => {
  const payload = messageEvent(randomNumber());
  const url = `/webhooks/telnyx/${deliveryId}`;
  return api.app.inject({ method: "POST", url, payload, headers: signed(payload) });
};

describe("an app that starts while Redis is away", () => {
  test("answers 503 at once, for the first receipt too, and serves when Redis comes", { timeout: 10_000 }, async () => {
    expectProblem(await api.get("/readyz"), 503, "unavailable");
    expectProblem(await api.post("/v1/verifications", { to: randomNumber() }), 503, "unavailable");
    const begun = performance.now();
    expectProblem(await webhook(), 503, "unavailable");
    expect(performance.now() - begun).toBeLessThan(2000);

    await proxy.restore();
    await expect.poll(async () => (await api.get("/readyz")).statusCode, { timeout: 5000 }).toBe(200);
    expect((await api.start()).id).toMatch(/^vf_/);
    expect((await webhook()).statusCode).toBe(200);
  });
});
