import { randomNumber, randomNumberEndingIn } from "@watchword/otp-core/testing";
import type { Redis } from "ioredis";
import { expect, test } from "vitest";
import { startBench } from "../testing/worker.fixture.ts";

/** Everything that the database holds: names, values, scores and streams of every key. */
async function contents(redis: Redis): Promise<string> {
  const read = async (key: string): Promise<unknown> => {
    switch (await redis.type(key)) {
      case "string":
        return redis.get(key);
      case "hash":
        return redis.hgetall(key);
      case "list":
        return redis.lrange(key, 0, -1);
      case "set":
        return redis.smembers(key);
      case "zset":
        return redis.zrange(key, "0", "-1", "WITHSCORES");
      case "stream":
        return redis.xrange(key, "-", "+");
      default:
        return undefined;
    }
  };
  const keys = await redis.keys("*");
  return JSON.stringify(await Promise.all(keys.map(async (key) => [key, await read(key)])));
}

test("neither Redis, with every job, nor a log line holds a code or a number, whatever became of the message", async () => {
  // Ten digits: a code of six is found by chance among the digits of times and ids.
  const bench = await startBench({ settings: { codeLength: 10 } });
  await bench.work();
  const delivered = await bench.start(randomNumber());
  const failed = await bench.start(randomNumberEndingIn("0006"));
  const uncertain = await bench.start(randomNumberEndingIn("0011"));
  const limited = await bench.start(randomNumberEndingIn("0003"));
  const broken = await bench.start(randomNumberEndingIn("0012"));
  await bench.until(delivered, "completed");
  await bench.until(failed, "failed");
  for (const sent of [uncertain, limited, broken]) await bench.until(sent, "delayed");
  await bench.receipt(delivered, "delivered");
  await bench.receipt(limited, "undelivered", "landline");
  await expect.poll(async () => (await bench.delivery(delivered)).status).toBe("delivered");
  await expect.poll(async () => (await bench.delivery(limited)).status).toBe("undelivered");

  const places = { Redis: await contents(bench.core.redis), log: bench.log() };
  for (const sent of [delivered, failed, uncertain, limited, broken]) {
    const job = (await bench.job(sent)).asJSON();
    expect(JSON.parse(job.data)).toEqual({ deliveryId: sent.deliveryId });
    expect(places.Redis).toContain(sent.deliveryId);
    expect(places.log).toContain(sent.deliveryId);
    for (const [place, text] of Object.entries(places)) {
      for (const hidden of [sent.code, sent.to.slice(1)]) expect(text.includes(hidden), place).toBe(false);
    }
  }
});
