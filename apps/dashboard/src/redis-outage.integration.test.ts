import { connectForRequests } from "@watchword/otp-core";
import { createTestCore, redisServerBinary, startCluster, startProxy } from "@watchword/otp-core/testing";
import Fastify from "fastify";
import type { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { buildDashboard } from "./app.ts";
import { login, password, user } from "./testing/dashboard.fixture.ts";

const silent = () => Fastify({ logger: { level: "silent" } }).log;

/** Closes all of it when the test is over, the dashboard first. */
function closeAfter(
  app: Awaited<ReturnType<typeof buildDashboard>>,
  redis: Redis,
  ...rest: { close(): Promise<unknown> }[]
): void {
  onTestFinished(async () => {
    await app.close();
    redis.disconnect();
    for (const each of rest) await each.close();
  });
}

test("a dashboard whose first contact with Redis fails shows the queues once Redis is back", async () => {
  const core = await createTestCore();
  const proxy = await startProxy(core.redisUrl);
  const redis = connectForRequests(proxy.url);
  redis.on("error", () => undefined);
  await expect.poll(() => redis.status).toBe("ready");

  await proxy.cut();
  const building = buildDashboard({ redis, operator: { user, password }, production: false, logger: silent() });
  await expect.poll(() => redis.status).not.toBe("ready");
  await proxy.restore();
  const app = await building;
  closeAfter(app, redis, proxy, core);
  const queues = () => app.inject({ url: "/api/queues", headers: login(user, password) });
  await expect.poll(async () => (await queues()).statusCode, { timeout: 5000 }).toBe(200);
});

test("while Redis is silent every answer is 503 with when to come back, and the queues show once it speaks", async () => {
  const core = await createTestCore();
  const proxy = await startProxy(core.redisUrl);
  const redis = connectForRequests(proxy.url);
  redis.on("error", () => undefined);
  const app = await buildDashboard({ redis, operator: { user, password }, production: false, logger: silent() });
  closeAfter(app, redis, proxy, core);
  const headers = login(user, password);
  const queues = () => app.inject({ url: "/api/queues", headers });
  await expect.poll(async () => (await queues()).statusCode, { timeout: 5000 }).toBe(200);

  proxy.hang();
  const answers = await Promise.all([
    queues(),
    app.inject({ url: "/api/queues/sms-telnyx/1", headers }),
    app.inject({ url: "/api/redis/stats", headers }),
    app.inject({ method: "PUT", url: "/api/queues/sms-telnyx/1/retry", headers }),
  ]);
  expect(redis.status).toBe("ready");
  for (const answer of answers) {
    expect([answer.statusCode, answer.headers["retry-after"]]).toEqual([503, "1"]);
    expect(answer.json()).toEqual({ error: "Redis is not reached: try again." });
  }

  await proxy.restore();
  await expect.poll(async () => (await queues()).statusCode, { timeout: 5000 }).toBe(200);
});

test.skipIf(!redisServerBinary)("a dashboard shows the queues of a cluster", async () => {
  const cluster = await startCluster();
  const redis = connectForRequests(cluster.url);
  redis.on("error", () => undefined);
  const app = await buildDashboard({ redis, operator: { user, password }, production: false, logger: silent() });
  closeAfter(app, redis, cluster);
  const headers = login(user, password);
  const get = async (url: string) => (await app.inject({ url, headers })).statusCode;
  await expect.poll(() => get("/api/queues"), { timeout: 5000 }).toBe(200);
  expect(await get("/api/redis/stats")).toBe(200);
  const paused = await app.inject({ method: "PUT", url: "/api/queues/pause", headers });
  expect(paused.statusCode).toBe(200);
});
