import { connectForRequests } from "@watchword/otp-core";
import { createTestCore, startProxy } from "@watchword/otp-core/testing";
import Fastify from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { buildDashboard } from "./app.ts";
import { login, password, user } from "./testing/dashboard.fixture.ts";

test("a dashboard whose first contact with Redis fails shows the queues once Redis is back", async () => {
  const core = await createTestCore();
  const proxy = await startProxy(core.redisUrl);
  const redis = connectForRequests(proxy.url);
  redis.on("error", () => undefined);
  await expect.poll(() => redis.status).toBe("ready");

  await proxy.cut();
  const { log: logger } = Fastify({ logger: { level: "silent" } });
  const building = buildDashboard({ redis, user, password, logger });
  await expect.poll(() => redis.status).not.toBe("ready");
  await proxy.restore();
  const app = await building;
  onTestFinished(async () => {
    await app.close();
    redis.disconnect();
    await proxy.close();
    await core.close();
  });
  const queues = () => app.inject({ url: "/api/queues", headers: login(user, password) });
  await expect.poll(async () => (await queues()).statusCode, { timeout: 5000 }).toBe(200);
});
