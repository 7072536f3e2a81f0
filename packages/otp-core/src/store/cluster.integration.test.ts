import { Queue, Worker } from "bullmq";
import { describe, test, type TestContext } from "vitest";
import { queuePrefix } from "../queue/contracts.ts";
import { createTestCore, randomNumber } from "../testing/index.fixture.ts";
import { startCluster } from "../testing/cluster.fixture.ts";
import { addedTo, connectable, expectRefusalsThenWritten, FAILOVER, write } from "../testing/failover.fixture.ts";
import { redisServerBinary } from "../testing/redis-server.fixture.ts";
import { checkVerification } from "../verifications/check.ts";
import { startVerification } from "../verifications/start.ts";
import { connectForRequests, connectForWork, durabilityProblems } from "./redis.ts";

const onCluster = async (context: TestContext) => connectable(context, await startCluster());

/** In slot 1, which the first master serves. */
const KEY = "{of-the-first-2}";

describe.skipIf(!redisServerBinary).concurrent("on a cluster", { timeout: 60_000 }, () => {
  test("numbers and queues of all nodes are served, each by its own", async (context) => {
    const { expect } = context;
    const { url, masters } = await onCluster(context);
    const core = await createTestCore({ redisUrl: url });
    context.onTestFinished(() => core.close());
    for (let count = 0; count < 20; count += 1) {
      const { verification } = await startVerification(core, core.application, { to: randomNumber(), channel: "sms" });
      const code = await core.codeOf(verification.id);
      expect(await checkVerification(core, core.application, verification.id, code)).toMatchObject({ valid: true });
    }
    for (const master of masters) expect(await master.call("DBSIZE")).toBeGreaterThan(0);
  });

  for (const [how, signal] of [
    ["is killed", "SIGKILL"],
    ["falls silent", "SIGSTOP"],
  ] as const) {
    test(`requests are refused in time while a master ${how}, and go on with its replica`, async (context) => {
      const { expect } = context;
      const { connected, first } = await onCluster(context);
      const redis = await connected(connectForRequests);
      expect(await write(redis, KEY)).toBe("written");
      first.signal(signal);
      await expectRefusalsThenWritten(context, redis, KEY);
    });

    test(`a command of a worker waits while a master ${how}, and is carried out by its replica`, async (context) => {
      const { expect } = context;
      const { connected, first, replica } = await onCluster(context);
      const redis = await connected(connectForWork);
      first.signal(signal);
      expect(await redis.incr(KEY)).toBe(1);
      expect(await replica.call("GET", KEY)).toBe("1");
    });
  }

  test("requests are refused in time while every node is gone", async (context) => {
    const { expect } = context;
    const { connected, masters, replica } = await onCluster(context);
    const redis = await connected(connectForRequests);
    for (const node of [...masters, replica]) node.signal("SIGKILL");
    for (let count = 0; count < 10; count += 1) expect(await write(redis)).toBe("unavailable");
  });

  test("jobs are done, and those that wait when their master is killed are done afterwards", async (context) => {
    const { expect } = context;
    const { connected, first } = await onCluster(context);
    const [requests, work] = [await connected(connectForRequests), await connected(connectForWork)];
    // The same slot: the hash tag is what counts.
    const [name, prefix] = ["of-the-first-2", queuePrefix("of-the-first-2")];
    const queue = new Queue(name, { connection: requests, prefix });
    const done = new Set<string | undefined>();
    const worker = new Worker(name, async ({ id }) => void done.add(id), { connection: work, prefix });
    queue.on("error", () => undefined);
    worker.on("error", () => undefined);
    context.onTestFinished(async () => {
      await worker.close(true);
      await queue.close();
    });
    await worker.waitUntilReady();
    // The connection to the queue's own node is made with its first command, which is refused until it stands.
    await expect.poll(() => addedTo(queue, "a"), FAILOVER).toBe("added");
    await expect.poll(() => done.has("a"), FAILOVER).toBe(true);
    first.signal("SIGKILL");
    await expect.poll(() => addedTo(queue, "b"), FAILOVER).toBe("added");
    await expect.poll(() => done.has("b"), FAILOVER).toBe(true);
  });

  test("every node's settings are looked at", async (context) => {
    const { expect } = context;
    const { connected, masters } = await onCluster(context);
    await masters[2]?.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    const problems = await durabilityProblems(await connected(connectForRequests));
    expect(problems.filter(({ losesData }) => losesData)).toHaveLength(1);
    expect(problems.filter(({ message }) => message.includes("append-only"))).toHaveLength(1);
  });
});
