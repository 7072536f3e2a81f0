import { once } from "node:events";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { createTestCore } from "../testing/index.fixture.ts";
import { redisServerBinary, startRedisServer } from "../testing/redis-server.fixture.ts";
import { connectForRequests, connectForWork, durabilityProblems, isRedisUnavailable } from "./redis.ts";

const core = await createTestCore();
afterAll(() => core.close());

const setting = async (name: string) => {
  const [, value] = await core.redis.config("GET", name);
  return value;
};

test("exactly those settings of the server are named that may lose what was accepted", async () => {
  const problems = await durabilityProblems(core.redis);
  const dropping = problems.filter(({ losesData }) => losesData);
  expect(dropping).toHaveLength((await setting("maxmemory-policy")) === "noeviction" ? 0 : 1);
  const keepsAll = (await setting("appendonly")) === "yes" && (await setting("appendfsync")) === "always";
  expect(problems.length - dropping.length).toBe(keepsAll ? 0 : 1);
});

describe.skipIf(!redisServerBinary)("of a server with an append-only file", () => {
  async function problemsOf(appendfsync: string, ...forbidden: string[]) {
    const server = await startRedisServer({
      lines: ["maxmemory-policy noeviction", "appendonly yes", `appendfsync ${appendfsync}`],
    });
    const redis = connectForRequests(`redis://127.0.0.1:${server.port}`);
    onTestFinished(async () => {
      redis.disconnect();
      await server.close();
    });
    await once(redis, "ready");
    if (forbidden.length > 0) await server.call("ACL", "SETUSER", "default", ...forbidden);
    return durabilityProblems(redis);
  }

  test.each(["everysec", "no"])("appendfsync %s is named, as what a crash loses", async (value) => {
    const message = `Redis has appendfsync ${value}: a crash loses what was accepted last (appendfsync always)`;
    expect(await problemsOf(value)).toEqual([{ message, losesData: false }]);
  });

  test("appendfsync always is no problem, and one that may not be asked for is not made up", async () => {
    expect(await problemsOf("always")).toEqual([]);
    expect(await problemsOf("everysec", "-config")).toEqual([]);
  });
});

describe.skipIf(!redisServerBinary)("a server that was made a replica", () => {
  async function demoted(connect: typeof connectForWork) {
    const server = await startRedisServer();
    const redis = connect(`redis://127.0.0.1:${server.port}`);
    onTestFinished(async () => {
      redis.disconnect();
      await server.close();
    });
    redis.on("error", () => undefined);
    await once(redis, "ready");
    await server.call("REPLICAOF", "127.0.0.1", "1");
    return { redis, server };
  }

  test("refuses a request, and is looked for anew: another may have its name by now", async () => {
    const { redis, server } = await demoted(connectForRequests);
    const again = once(redis, "ready");
    const refusal: unknown = await redis.set("a", "1").catch((error: unknown) => error);
    expect(isRedisUnavailable(refusal)).toBe(true);
    await again;
    await server.call("REPLICAOF", "NO", "ONE");
    expect(await redis.set("a", "1")).toBe("OK");
  });

  test("leaves what a worker asked for to the server that is found then", async () => {
    const { redis, server } = await demoted(connectForWork);
    const again = once(redis, "ready");
    const written = redis.set("a", "1");
    await again;
    await server.call("REPLICAOF", "NO", "ONE");
    expect(await written).toBe("OK");
    expect(await server.call("GET", "a")).toBe("1");
  });
});
