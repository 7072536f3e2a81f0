import { connectForRequests, type RedisConnection } from "@watchword/otp-core";
import { createTestCore, redisServerBinary, startProxy, startSentinels } from "@watchword/otp-core/testing";
import { pino } from "pino";
import { describe, expect, onTestFinished, test } from "vitest";
import { answeringRedis } from "./testing/answering-redis.fixture.ts";
import { runProgram } from "./testing/run-program.fixture.ts";
import { watchRedis } from "./watch-redis.ts";

function watched(url: string, production = false): { redis: RedisConnection; messages: () => string[] } {
  const lines: string[] = [];
  const redis = connectForRequests(url);
  onTestFinished(() => redis.disconnect());
  void watchRedis(redis, { logger: pino({}, { write: (line: string) => void lines.push(line) }), production });
  return { redis, messages: () => lines.map((line) => (JSON.parse(line) as { msg: string }).msg) };
}

const AWAY = "Redis is unavailable; trying again until it is back";
const BACK = "Redis is back";
const outageLines = (messages: string[]) => messages.filter((message) => message === AWAY || message === BACK);

describe("watchRedis", () => {
  test("reports each outage once when it begins and once when it ends", async () => {
    const core = await createTestCore();
    const proxy = await startProxy(core.redisUrl);
    onTestFinished(async () => {
      await proxy.close();
      await core.close();
    });
    const { redis, messages } = watched(proxy.url);
    await expect.poll(() => redis.status).toBe("ready");
    for (const outages of [1, 2]) {
      let failures = 0;
      redis.on("error", () => (failures += 1));
      await proxy.cut();
      await expect.poll(() => failures, { timeout: 5000 }).toBeGreaterThan(2);
      await proxy.restore();
      await expect.poll(() => outageLines(messages()), { timeout: 5000 }).toHaveLength(2 * outages);
    }
    expect(outageLines(messages())).toEqual([AWAY, BACK, AWAY, BACK]);
  });

  const kept = { maxmemory_policy: "noeviction", aof_enabled: "1" };

  test.each([
    ["that keeps everything", "always"],
    ["that does not tell when it writes", undefined],
  ])("says nothing of a server %s", async (_which, appendfsync) => {
    const { redis, messages } = watched(await answeringRedis(kept, appendfsync), true);
    await expect.poll(() => redis.status).toBe("ready");
    await redis.ping();
    expect(messages()).toEqual([]);
  });

  test("warns of a server without an append-only file, in production too", async () => {
    const { messages } = watched(await answeringRedis({ maxmemory_policy: "noeviction", aof_enabled: "0" }), true);
    await expect.poll(messages).toEqual([expect.stringContaining("append-only file")]);
  });

  test("warns of a server that writes its append-only file once a second, in production too", async () => {
    const { messages } = watched(await answeringRedis(kept, "everysec"), true);
    await expect.poll(messages).toEqual([expect.stringContaining("appendfsync everysec")]);
  });

  test("warns in development of a server that evicts", async () => {
    const { messages } = watched(await answeringRedis({ maxmemory_policy: "allkeys-lru", aof_enabled: "1" }));
    await expect.poll(messages).toEqual([expect.stringContaining("set noeviction")]);
  });

  test("ends a process in production whose server evicts, and says why", async () => {
    const url = await answeringRedis({ maxmemory_policy: "allkeys-lru", aof_enabled: "1" });
    const program = runProgram("uses Redis in production", {}, url);
    expect(await program.ended, program.errors()).toBe(1);
    expect(program.log().at(-1)).toMatchObject({ level: 60, err: { message: expect.stringContaining("noeviction") } });
  });

  test("does not end a process in production whose server is away when it starts", async () => {
    const program = runProgram("uses Redis in production", {}, "redis://127.0.0.1:1");
    await program.logged(AWAY);
    program.kill("SIGTERM");
    expect(await program.ended).toBe(0);
    expect(outageLines(program.log().map(({ msg }) => msg))).toEqual([AWAY]);
  });

  test.skipIf(!redisServerBinary)(
    "tells of the next master's settings after a failover, and goes on with it",
    async () => {
      const setup = await startSentinels();
      onTestFinished(() => setup.close());
      const { redis, messages } = watched(setup.url, true);
      await expect.poll(messages).toContainEqual(expect.stringContaining("append-only file"));
      expect(messages()).not.toContainEqual(expect.stringContaining("set noeviction"));
      const first = await setup.master();
      const other = setup.servers.find((server) => server !== first);
      await other?.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
      first.signal("SIGKILL");
      await expect.poll(messages, { timeout: 25_000 }).toContainEqual(expect.stringContaining("set noeviction"));
      expect(outageLines(messages())).toEqual([AWAY, BACK]);
      expect(await redis.ping()).toBe("PONG");
    },
  );
});
