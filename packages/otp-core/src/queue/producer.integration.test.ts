import { randomUUID } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { connectForRequests } from "../store/redis.ts";
import { startTestCore } from "../testing/verifications.fixture.ts";
import { createProducer } from "./producer.ts";

test("a queue that fails at its first contact, time and again, leaves nothing behind on the connection", async () => {
  const core = await startTestCore();
  const name = `limited-${randomUUID()}`;
  // BullMQ asks who the server is, which this login may not.
  await core.redis.acl("SETUSER", name, "on", ">secret", "~*", "&*", "+@all", "-info");
  const url = new URL(core.redisUrl);
  [url.username, url.password] = [name, "secret"];
  const redis = connectForRequests(url.href);
  redis.on("error", () => undefined);
  onTestFinished(async () => {
    redis.disconnect();
    await core.redis.acl("DELUSER", name);
    await core.close();
  });
  await expect.poll(() => redis.status).toBe("ready");
  const listeners = () => ["error", "close", "ready"].map((event) => redis.listenerCount(event));
  const before = listeners();

  const producer = createProducer(redis, name);
  for (let i = 0; i < 5; i += 1) await expect(producer.add("job", {}, `job-${i}`)).rejects.toThrow("NOPERM");
  await expect.poll(listeners).toEqual(before);
  await producer.close();
});
