import { randomUUID } from "node:crypto";
import { createTestCore, randomNumber, startProxy } from "@watchword/otp-core/testing";
import { afterAll, afterEach, expect, test } from "vitest";
import { type Answer, expectProblem, startTestApi } from "../testing/api.fixture.ts";
import { endLocks, interruptible, newKey, wasReplayed } from "../testing/idempotency.fixture.ts";

const applicationId = randomUUID();
const direct = await createTestCore({ applicationId });
const proxy = await startProxy(direct.redisUrl);
const { core, interruptNext } = interruptible(await createTestCore({ applicationId, redisUrl: proxy.url }));
const api = await startTestApi({ core });
const start = (to: string, key: object) => api.post("/v1/verifications", { to }, { ...key });

/** Restores Redis, and waits until this same app serves again. */
async function restored() {
  await proxy.restore();
  await expect.poll(async () => (await api.get("/readyz")).statusCode, { timeout: 10_000 }).toBe(200);
}
afterEach(restored);
afterAll(async () => {
  await proxy.close();
  await direct.close();
});

async function expectUnavailable(asked: () => Promise<Answer>): Promise<void> {
  const begun = performance.now();
  expectProblem(await asked(), 503, "unavailable");
  expect(performance.now() - begun).toBeLessThan(2000);
}

test.each([
  ["gone", () => proxy.cut()],
  ["silent", async () => proxy.hang()],
  ["answering late", async () => proxy.holdRepliesAt("}:request")],
])("while Redis is %s: 503 within 2 s, and the retry is carried out as soon as it is back", async (_how, fail) => {
  const [key, to] = [newKey(), randomNumber()];
  // Redis knows the scripts from now on, so that a command does its work even where its reply is lost.
  expect((await start(randomNumber(), newKey())).statusCode).toBe(202);
  await fail();
  await expectUnavailable(() => start(to, key));
  await restored();
  const retry = await start(to, key);
  expect([retry.statusCode, wasReplayed(retry)]).toEqual([202, false]);
});

test("where it begins in the middle of a request: 503 within 2 s, and the retry goes on with what was begun", async () => {
  const [key, to] = [newKey(), randomNumber()];
  expect((await start(randomNumber(), newKey())).statusCode).toBe(202);
  proxy.holdRepliesAt("}:number");
  await expectUnavailable(() => start(to, key));
  await restored();
  const retry = await start(to, key);
  expect([retry.statusCode, wasReplayed(retry)]).toEqual([200, false]);
});

test("where it begins when the work is done, the answer is given, and the retry gets there once the lock ends", async () => {
  const [key, to] = [newKey(), randomNumber()];
  interruptNext(() => proxy.cut());
  const first = await start(to, key);
  expect(first.statusCode).toBe(202);
  expect(api.log()).toContain("an answer with an Idempotency-Key was not kept");
  await restored();
  expectProblem(await start(to, key), 409, "idempotency_in_progress");
  await endLocks({ core: direct });
  const retry = await start(to, key);
  expect(retry.json()).toMatchObject({ id: first.json<{ id: string }>().id, deliveries: [{ status: "queued" }] });
});
