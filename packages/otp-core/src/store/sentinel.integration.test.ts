import { randomUUID } from "node:crypto";
import { Queue, Worker } from "bullmq";
import { describe, test, type TestContext } from "vitest";
import { queuePrefix } from "../queue/contracts.ts";
import { addedTo, connectable, expectRefusalsThenWritten, FAILOVER, write } from "../testing/failover.fixture.ts";
import { redisServerBinary } from "../testing/redis-server.fixture.ts";
import { type SentinelOptions, startSentinels } from "../testing/sentinel.fixture.ts";
import { connectForRequests, connectForWork, durabilityProblems, type RedisConnection } from "./redis.ts";

/** The tests run side by side: each one has its own servers to break. */
const behindSentinels = async (context: TestContext, options: SentinelOptions = {}) =>
  connectable(context, await startSentinels(options));

const portOf = async (redis: RedisConnection) => Number(/^tcp_port:(\d+)/m.exec(await redis.info("server"))?.[1]);

describe.skipIf(!redisServerBinary).concurrent("behind Sentinels", { timeout: 60_000 }, () => {
  for (const [how, signal] of [
    ["is killed", "SIGKILL"],
    ["falls silent", "SIGSTOP"],
  ] as const) {
    test(`requests are refused in time while the master ${how}, and go on with the next one`, async (context) => {
      const { expect } = context;
      const { connected, ...setup } = await behindSentinels(context);
      const redis = await connected(connectForRequests);
      const first = await setup.master();
      expect(await portOf(redis)).toBe(first.port);
      expect(await write(redis)).toBe("written");

      first.signal(signal);
      await expectRefusalsThenWritten(context, redis);
      expect(await portOf(redis)).toBe((await setup.failover(first)).port);
    });

    test(`a command of a worker waits while the master ${how}, and is carried out by the next one`, async (context) => {
      const { expect } = context;
      const { connected, ...setup } = await behindSentinels(context);
      const redis = await connected(connectForWork);
      const first = await setup.master();
      first.signal(signal);
      const key = randomUUID();
      expect(await redis.incr(key)).toBe(1);
      const next = await setup.failover(first);
      expect(await portOf(redis)).toBe(next.port);
      expect(await next.call("GET", key)).toBe("1");
    });
  }

  test("a master that hands over takes neither kind of connection with it", async (context) => {
    const { expect } = context;
    const { connected, ...setup } = await behindSentinels(context);
    const requests = await connected(connectForRequests);
    const work = await connected(connectForWork);
    const first = await setup.master();
    await setup.handOver();
    const written = work.set("work", "done");
    const next = await setup.failover(first);
    await expect(written).resolves.toBe("OK");
    await expect.poll(() => write(requests), FAILOVER).toBe("written");
    for (const redis of [requests, work]) await expect.poll(() => portOf(redis), FAILOVER).toBe(next.port);
  });

  test("a Sentinel that is gone or silent keeps nobody from the master", async (context) => {
    const { expect } = context;
    const { connected, sentinels } = await behindSentinels(context);
    const [gone, silent] = sentinels;
    gone?.signal("SIGKILL");
    silent?.signal("SIGSTOP");
    for (const connect of [connectForRequests, connectForWork])
      expect(await write(await connected(connect))).toBe("written");
  });

  test("the servers and the Sentinels each have a login of their own", async (context) => {
    const { expect } = context;
    const { connected } = await behindSentinels(context, { password: "a+b/c:d@e", sentinelPassword: "f+g&h" });
    for (const connect of [connectForRequests, connectForWork])
      expect(await write(await connected(connect))).toBe("written");
  });

  test("a master that does not wait for its replica is told of", async (context) => {
    const { expect } = context;
    const { connected } = await behindSentinels(context);
    const redis = await connected(connectForRequests);
    const messages = async () => (await durabilityProblems(redis)).map(({ message }) => message).join();
    expect(await messages()).toContain("min-replicas-to-write 1");
    await redis.config("SET", "min-replicas-to-write", "1");
    expect(await messages()).not.toContain("min-replicas-to-write");
  });

  test("jobs that wait when the master is killed are done by the same worker afterwards", async (context) => {
    const { expect } = context;
    const { connected, ...setup } = await behindSentinels(context);
    const [requests, work] = [await connected(connectForRequests), await connected(connectForWork)];
    const [name, prefix] = ["sms-telnyx", queuePrefix("sms-telnyx")];
    const queue = new Queue(name, { connection: requests, prefix });
    const done = new Set<string | undefined>();
    const worker = new Worker(name, async ({ id }) => void done.add(id), { connection: work, prefix, autorun: false });
    queue.on("error", () => undefined);
    worker.on("error", () => undefined);
    context.onTestFinished(async () => {
      await worker.close();
      await queue.close();
    });
    await worker.waitUntilReady();
    await queue.addBulk(["a", "b", "c"].map((jobId) => ({ name: "deliver", data: {}, opts: { jobId } })));
    await requests.wait(1, 5000);

    const first = await setup.master();
    const running = worker.run();
    first.signal("SIGKILL");
    await expect.poll(() => done.size, FAILOVER).toBe(3);
    await expect.poll(() => addedTo(queue, "d"), FAILOVER).toBe("added");
    await expect.poll(() => done.has("d"), FAILOVER).toBe(true);
    await worker.close();
    await running;
  });
});
