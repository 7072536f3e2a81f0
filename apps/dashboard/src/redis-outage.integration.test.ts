import { connectForRequests } from "@watchword/otp-core";
import { createTestCore, type Proxy, startProxy } from "@watchword/otp-core/testing";
import Fastify from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { buildDashboard } from "./app.ts";
import { login, password, user } from "./testing/dashboard.fixture.ts";

test.each<[how: string, begin: (proxy: Proxy) => Promise<void> | void]>([
  ["gone", (proxy) => proxy.cut()],
  ["silent", (proxy) => proxy.hang()],
])("a dashboard that starts while Redis is %s shows the queues once it is back", async (_how, begin) => {
  const core = await createTestCore();
  const proxy = await startProxy(core.redisUrl);
  const redis = connectForRequests(proxy.url);
  redis.on("error", () => undefined);
  await expect.poll(() => redis.status).toBe("ready");
  await begin(proxy);
  const { log: logger } = Fastify({ logger: { level: "silent" } });
  const app = await buildDashboard({ redis, user, password, logger });
  onTestFinished(async () => {
    await app.close();
    redis.disconnect();
    await proxy.close();
    await core.close();
  });
  const queues = () => app.inject({ url: "/api/queues", headers: login(user, password) });
  expect((await app.inject("/api/queues")).statusCode).toBe(401);
  expect((await queues()).statusCode).toBeGreaterThanOrEqual(500);
  await proxy.restore();
  await expect.poll(async () => (await queues()).statusCode, { timeout: 10_000 }).toBe(200);
});
