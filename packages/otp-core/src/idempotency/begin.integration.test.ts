import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import type { TestCore } from "../testing/core.fixture.ts";
import { startTestCore } from "../testing/verifications.fixture.ts";
import { requestKey } from "../store/keys.ts";
import { beginRequest } from "./begin.ts";
import { finishRequest, releaseRequest } from "./finish.ts";
import type { RequestClaim, StoredAnswer } from "./request.ts";

const LOCK_MS = 12_000;
const DAY_MS = 24 * 60 * 60 * 1000;
const core = await startTestCore();
afterAll(() => core.close());

const answer = (body: string = randomUUID()): StoredAnswer => ({ status: 202, headers: { location: "/v1/x" }, body });
const begin = (idempotencyKey: string, request = "request", by: TestCore = core) =>
  beginRequest(by, by.application, { idempotencyKey, request, lockMs: LOCK_MS });
const inProgress = { code: "idempotency_in_progress", details: { retryAfterSeconds: 1 } };
const conflict = { code: "idempotency_conflict" };

async function claimed(idempotencyKey: string, request?: string): Promise<RequestClaim> {
  const begun = await begin(idempotencyKey, request);
  if (begun.outcome !== "new") throw new Error("the idempotency key was taken");
  return begun.claim;
}

/** Time passes until the lock has ended. */
const endLock = async ({ slot }: RequestClaim) => core.redis.pexpire(requestKey(slot.tag), 0);

describe("a request with an idempotency key", () => {
  test("is carried out once, whatever asks for it at the same time", async () => {
    const key = randomUUID();
    const all = await Promise.allSettled(Array.from({ length: 100 }, () => begin(key)));
    expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const one of all) if (one.status === "rejected") expect(one.reason).toMatchObject(inProgress);
  });

  test("is answered as it was the first time, for 24 hours", async () => {
    const key = randomUUID();
    const claim = await claimed(key);
    const first = answer();
    expect(await finishRequest(core, claim, first)).toBe(true);
    for (let i = 0; i < 3; i++) expect(await begin(key)).toEqual({ outcome: "replay", answer: first });
    const leftMs = await core.redis.pttl(requestKey(claim.slot.tag));
    expect(leftMs).toBeGreaterThan(DAY_MS - 60_000);
    expect(leftMs).toBeLessThanOrEqual(DAY_MS);
  });

  test("keeps its key from another request, before it is answered and after", async () => {
    const key = randomUUID();
    const claim = await claimed(key);
    await expect(begin(key, "another request")).rejects.toMatchObject(conflict);
    await finishRequest(core, claim, answer());
    await expect(begin(key, "another request")).rejects.toMatchObject(conflict);
  });

  test("can be sent again at once after it has let go of its key, and so can another", async () => {
    const key = randomUUID();
    await releaseRequest(core, await claimed(key));
    await releaseRequest(core, await claimed(key, "another request"));
    expect(await begin(key)).toMatchObject({ outcome: "new" });
  });

  test("leaves no trace once it has let go of its key", async () => {
    const claim = await claimed(randomUUID());
    await releaseRequest(core, claim);
    expect(await core.redis.exists(requestKey(claim.slot.tag))).toBe(0);
  });

  test("whose answer is too large to keep lets go of its key", async () => {
    const key = randomUUID();
    expect(await finishRequest(core, await claimed(key), answer("x".repeat(64 * 1024)))).toBe(false);
    expect(await begin(key)).toMatchObject({ outcome: "new" });
  });
});

describe("the lock of a request that was cut off", () => {
  test("ends by itself, and the request can be carried out again", async () => {
    const key = randomUUID();
    const claim = await claimed(key);
    const leftMs = await core.redis.pttl(requestKey(claim.slot.tag));
    expect(leftMs).toBeGreaterThan(LOCK_MS - 5000);
    expect(leftMs).toBeLessThanOrEqual(LOCK_MS);
    await expect(begin(key)).rejects.toMatchObject(inProgress);
    await endLock(claim);
    expect(await begin(key)).toMatchObject({ outcome: "new" });
  });

  test("leaves nothing that its late owner could end or overwrite", async () => {
    const key = randomUUID();
    const late = await claimed(key);
    await endLock(late);
    const next = await claimed(key);
    await releaseRequest(core, late);
    expect(await finishRequest(core, late, answer("late"))).toBe(false);
    await expect(begin(key)).rejects.toMatchObject(inProgress);

    const kept = answer();
    expect(await finishRequest(core, next, kept)).toBe(true);
    expect(await finishRequest(core, late, answer("late"))).toBe(false);
    await releaseRequest(core, late);
    expect(await begin(key)).toEqual({ outcome: "replay", answer: kept });
  });

  test("is not mended by an answer that comes after it", async () => {
    const key = randomUUID();
    const late = await claimed(key);
    await endLock(late);
    expect(await finishRequest(core, late, answer())).toBe(false);
    expect(await begin(key)).toMatchObject({ outcome: "new" });
  });
});

test("the same idempotency key of another application is another one", async () => {
  const other = await startTestCore();
  const key = randomUUID();
  const first = answer();
  await finishRequest(core, await claimed(key), first);
  expect(await begin(key, "another request", other)).toMatchObject({ outcome: "new" });
  expect(await begin(key)).toEqual({ outcome: "replay", answer: first });
  await other.close();
});
