import { expect, test } from "vitest";
import { freePort } from "../ports.ts";
import { givenRedis } from "./given.ts";

const request = (REDIS_URL?: string) => ({ env: { REDIS_URL }, durable: false, say: () => {} });

test("an unset or empty REDIS_URL leaves the choice to the other ways", async () => {
  expect(await givenRedis(request())).toMatchObject({ kind: "absent" });
  expect(await givenRedis(request("  "))).toMatchObject({ kind: "absent" });
});

test("a Redis that does not answer is a clear error without its password", async () => {
  const port = await freePort();
  const outcome = await givenRedis(request(`redis://user:hunter2@127.0.0.1:${port}`)).catch((error: Error) => error);
  expect(outcome).toBeInstanceOf(Error);
  expect((outcome as Error).message).toContain(`redis://127.0.0.1:${port}`);
  expect((outcome as Error).message).toContain("ECONNREFUSED");
  expect((outcome as Error).message).not.toContain("hunter2");
});

test("what is not a Redis URL is refused before anything is asked", async () => {
  await expect(givenRedis(request("localhost:6379"))).rejects.toThrow("must be a URL that starts with redis://");
});
