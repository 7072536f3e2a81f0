import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { Redis } from "ioredis";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { accepts } from "../ports.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { serverRedis } from "./server.ts";

const request = { env: process.env, durable: false, say: () => {} };
const probe = await serverRedis(request);
if (probe.kind === "running") await probe.redis.stop();
async function start(overrides = {}) {
  const result = await serverRedis({ ...request, ...overrides });
  if (result.kind !== "running") throw new Error(result.reason);
  onTestFinished(() => result.redis.stop());
  return result.redis;
}

async function config(url: string, ...names: string[]) {
  const redis = new Redis(url);
  try {
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => (await redis.config("GET", name)) as [string, string])),
    ) as Record<string, string>;
  } finally {
    redis.disconnect();
  }
}

describe.skipIf(probe.kind !== "running")("a Redis server on the PATH", () => {
  test("never evicts, and syncs every write of a durable one", async () => {
    const redis = await start({ durable: true });
    const names = ["maxmemory-policy", "appendonly", "appendfsync", "save", "bind"];
    expect(await config(redis.url, ...names)).toEqual({
      "maxmemory-policy": "noeviction",
      appendonly: "yes",
      appendfsync: "always",
      save: "",
      bind: "127.0.0.1",
    });
  });

  test("data in a named folder outlives the server", async () => {
    const dataDir = temporaryFolder();
    const first = await start({ durable: true, dataDir });
    const writer = new Redis(first.url);
    await writer.set("kept", "yes");
    writer.disconnect();
    await first.stop();

    const second = await start({ durable: true, dataDir });
    const reader = new Redis(second.url);
    expect(await reader.get("kept")).toBe("yes");
    reader.disconnect();
  });

  test("a server of the tests leaves nothing behind", async () => {
    const redis = await start();
    const { dir } = await config(redis.url, "dir");
    expect(existsSync(dir ?? "")).toBe(true);
    await redis.stop();
    expect(await accepts(Number(new URL(redis.url).port))).toBe(false);
    expect(existsSync(dir ?? "")).toBe(false);
  });

  test("a server that is killed is said to be, without what it logged when it started", async () => {
    const redis = await start({ durable: true });
    const client = new Redis(redis.url);
    const info = await client.info("server");
    client.disconnect();
    process.kill(Number(/process_id:(\d+)/.exec(info)?.[1]), "SIGKILL");
    expect(await redis.lost).toMatch(/^(redis|valkey)-server was ended by SIGKILL$/);
  });

  test("a server that ends by itself is said to have, with the status and no line from its start", async () => {
    const redis = await start();
    const client = new Redis(redis.url, { retryStrategy: () => null });
    client.on("error", () => undefined);
    await client.shutdown("NOSAVE").catch(() => undefined);
    client.disconnect();
    expect(await redis.lost).toMatch(/^(redis|valkey)-server ended with status 0/);
  });

  test("a server goes away with an owner that is killed", async () => {
    const script = `
    import { serverRedis } from ${JSON.stringify(new URL("server.ts", import.meta.url).href)};
    const { redis } = await serverRedis({ env: process.env, durable: false, say() {} });
    console.log(redis.url);
  `;
    const owner = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const url = await new Promise<string>((resolve) =>
      owner.stdout.once("data", (data) => resolve(String(data).trim())),
    );
    const port = Number(new URL(url).port);
    expect(await accepts(port)).toBe(true);

    owner.kill("SIGKILL");
    await vi.waitFor(async () => expect(await accepts(port)).toBe(false), { timeout: 10_000 });
  });
});
