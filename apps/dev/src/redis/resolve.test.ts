import { expect, test } from "vitest";
import { NoRedisError, resolveRedis, startOrder, testOrder, type Way } from "./resolve.ts";
import { type Attempt, type AttemptResult, never, type RunningRedis } from "./running-redis.ts";

const redis = (description: string): RunningRedis => ({
  url: "redis://127.0.0.1:1",
  source: "server",
  description,
  stop: async () => {},
  kill: () => {},
  lost: never,
});

/** Tries the ways with what each would say; a way that is not listed is absent. */
async function resolveWith(order: readonly Way[], results: Partial<Record<Way, AttemptResult>>) {
  const tried: Way[] = [];
  const said: string[] = [];
  const attempt =
    (way: Way): Attempt =>
    async () => {
      tried.push(way);
      return results[way] ?? { kind: "absent", reason: `no ${way}` };
    };
  const ways = {
    REDIS_URL: attempt("REDIS_URL"),
    server: attempt("server"),
    container: attempt("container"),
    install: attempt("install"),
  };
  const request = { env: {}, order, durable: true, say: (line: string) => said.push(line) };
  const outcome = await resolveRedis(request, ways).catch((error: unknown) => error);
  return { outcome, tried, said };
}

const running = (name: string): AttemptResult => ({ kind: "running", redis: redis(name) });

test("the stack takes REDIS_URL, then a server on the PATH, then a container, then the package manager", async () => {
  expect((await resolveWith(startOrder, { install: running("installed") })).tried).toEqual([
    "REDIS_URL",
    "server",
    "container",
    "install",
  ]);
  expect((await resolveWith(startOrder, { server: running("s"), container: running("c") })).outcome).toMatchObject({
    description: "s",
  });
});

test("tests take a container before a server on the PATH", async () => {
  expect((await resolveWith(testOrder, { server: running("s"), container: running("c") })).outcome).toMatchObject({
    description: "c",
  });
});

test("nothing is tried after the first way that gives a Redis", async () => {
  expect((await resolveWith(testOrder, { REDIS_URL: running("given") })).tried).toEqual(["REDIS_URL"]);
});

test("an engine without the image falls through to the next way, and says so", async () => {
  const { outcome, said } = await resolveWith(testOrder, {
    container: { kind: "failed", reason: "A Docker engine answers but gave no redis:8" },
    server: running("s"),
  });
  expect(outcome).toMatchObject({ description: "s" });
  expect(said).toEqual(["A Docker engine answers but gave no redis:8; trying the next way"]);
});

test("the last way that fails is told once, in the error", async () => {
  const { outcome, said } = await resolveWith(startOrder, { install: { kind: "failed", reason: "apt-get failed" } });
  expect((outcome as Error).message).toContain("  - apt-get failed");
  expect(said).toEqual([]);
});

test("one error says why each way gave nothing and what would help", async () => {
  const { outcome, said } = await resolveWith(startOrder, {});
  expect(outcome).toBeInstanceOf(NoRedisError);
  const { message } = outcome as Error;
  for (const way of startOrder) expect(message).toContain(`no ${way}`);
  for (const remedy of ["set REDIS_URL", "install redis-server", "Docker engine", "passwordless sudo"])
    expect(message).toContain(remedy);
  expect(said).toEqual([]);
});

const unexpected: Attempt = () => expect.fail("another way was tried");

test("a REDIS_URL that does not answer ends the search", async () => {
  const error = new Error("REDIS_URL is set, but");
  const refuse: Attempt = () => Promise.reject(error);
  const ways = { REDIS_URL: refuse, server: unexpected, container: unexpected, install: unexpected };
  await expect(resolveRedis({ env: {}, order: startOrder, durable: true, say: () => {} }, ways)).rejects.toBe(error);
});
