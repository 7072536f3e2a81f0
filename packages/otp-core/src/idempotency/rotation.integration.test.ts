import { randomUUID } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { requestKey } from "../store/keys.ts";
import type { TestCore } from "../testing/core.fixture.ts";
import { startRotation } from "../testing/rotation.fixture.ts";
import { startTestCore } from "../testing/verifications.fixture.ts";
import { beginRequest } from "./begin.ts";
import { finishRequest, releaseRequest } from "./finish.ts";

const rotation = await startRotation();
const { applicationId, newer, before, between, after } = rotation;
afterAll(() => rotation.close());

const begin = (core: TestCore, idempotencyKey: string, request = "request") =>
  beginRequest(core, core.application, { idempotencyKey, request, lockMs: 12_000 });

async function answered(core: TestCore, key: string) {
  const begun = await begin(core, key);
  if (begun.outcome !== "new") throw new Error("the idempotency key was taken");
  const answer = { status: 202, headers: {}, body: randomUUID() };
  expect(await finishRequest(core, begun.claim, answer)).toBe(true);
  return answer;
}

const steps: [first: string, then: string, TestCore, TestCore][] = [
  ["before the rotation", "while it is under way", before, between],
  ["before the rotation", "after it", before, after],
  ["while it is under way", "after it", between, after],
  ["after the rotation", "where it is still under way", after, between],
];

test.each(steps)("a request answered %s is answered the same %s", async (_first, _then, by, next) => {
  const key = randomUUID();
  const answer = await answered(by, key);
  expect(await begin(next, key)).toEqual({ outcome: "replay", answer });
  await expect(begin(next, key, "another request")).rejects.toMatchObject({ code: "idempotency_conflict" });
  expect(await begin(next, key)).toEqual({ outcome: "replay", answer });
});

test.each(steps)("a request begun %s is in progress %s, until it lets go of its key", async (_f, _t, by, next) => {
  const key = randomUUID();
  const begun = await begin(by, key);
  await expect(begin(next, key)).rejects.toMatchObject({ code: "idempotency_in_progress" });
  if (begun.outcome === "new") await releaseRequest(by, begun.claim);
  expect(await begin(next, key)).toMatchObject({ outcome: "new" });
});

test("of 100 equal requests on both sides of the rotation at most one is carried out", async () => {
  for (let round = 0; round < 10; round++) {
    const key = randomUUID();
    const asked = Array.from({ length: 100 }, (_, index) => begin(index % 2 === 0 ? between : after, key));
    const claims = (await Promise.allSettled(asked)).filter(({ status }) => status === "fulfilled");
    expect(claims.length).toBeLessThanOrEqual(1);
  }
});

test("once the old secret has left the ring, nothing is left of what was answered under it", async () => {
  const key = randomUUID();
  await answered(before, key);
  const late = await startTestCore({ applicationId, secrets: [newer] });
  expect(await begin(late, key)).toMatchObject({ outcome: "new" });
  await late.close();
});

test("an answer found under the old secret leaves no lock under the new one", async () => {
  const key = randomUUID();
  await answered(before, key);
  await begin(after, key);
  const [slot] = after.keyring.requestSlots(applicationId, key, "request");
  expect(await after.redis.exists(requestKey(slot?.tag ?? ""))).toBe(0);
});
