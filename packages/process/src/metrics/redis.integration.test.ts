import { connectForRequests, connectForWork } from "@watchword/otp-core";
import { createTestCore, startProxy } from "@watchword/otp-core/testing";
import { Registry } from "prom-client";
import { expect, onTestFinished, test } from "vitest";
import { measureRedis } from "./redis.ts";

test.each([
  ["answers requests", connectForRequests],
  ["does work", connectForWork],
])("a connection that %s is up, then down within a scrape while Redis is away or silent", async (_what, connect) => {
  const core = await createTestCore();
  const proxy = await startProxy(core.redisUrl);
  const redis = connect(proxy.url);
  redis.on("error", () => undefined);
  onTestFinished(async () => {
    redis.disconnect();
    await proxy.close();
    await core.close();
  });
  const registry = new Registry();
  measureRedis(registry, redis);
  const up = async () => {
    const begun = performance.now();
    const text = await registry.getSingleMetricAsString("watchword_redis_up");
    expect(performance.now() - begun).toBeLessThan(2000);
    return text.split("\n").at(-1);
  };

  await expect.poll(() => redis.status).toBe("ready");
  expect(await up()).toBe("watchword_redis_up 1");
  proxy.hang();
  expect(await up()).toBe("watchword_redis_up 0");
  await proxy.restore();
  await expect.poll(up, { timeout: 10_000 }).toBe("watchword_redis_up 1");
  await proxy.cut();
  expect(await up()).toBe("watchword_redis_up 0");
  await proxy.restore();
  await expect.poll(up, { timeout: 10_000 }).toBe("watchword_redis_up 1");
});
