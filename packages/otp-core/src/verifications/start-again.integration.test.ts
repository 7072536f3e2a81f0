import { afterAll, describe, expect, test } from "vitest";
import { randomNumber } from "../testing/index.fixture.ts";
import {
  claimToSend,
  deliveryOf,
  endings,
  read,
  start,
  startTestCore,
  terminal,
} from "../testing/verifications.fixture.ts";
import { numberKey } from "../store/keys.ts";
import { timesOf } from "../testing/digits.fixture.ts";
import { parseVerificationId } from "../ids.ts";

const core = await startTestCore();
afterAll(() => core.close());

const requestsOf = async (id: string) => {
  const requests = await core.redis.hget(numberKey(parseVerificationId(id)?.tag ?? ""), "requests");
  return timesOf(requests ?? "").length;
};
const gapMs = ({ createdAt, resendAt }: { createdAt: Date; resendAt: Date }) =>
  resendAt.getTime() - createdAt.getTime();

test("inside the resend gap nothing is sent: the same verification, unchanged, and the request is counted", async () => {
  const to = randomNumber();
  const first = await start(core, to);
  const again = await start(core, to);
  expect(again.verification).toEqual(first.verification);
  expect(again.sending).toBe(false);
  expect(await requestsOf(first.verification.id)).toBe(2);
});

test("after the gap the same code goes out again, as another delivery of the same verification", async () => {
  const to = randomNumber();
  const { verification } = await start(core, to);
  const { id } = verification;
  const code = await core.codeOf(id);
  await core.age(id, 30);
  const again = await start(core, to);
  expect(again.sending).toBe(true);
  expect(again.verification).toMatchObject({ id, status: "pending", attemptsRemaining: 3 });
  expect(again.verification.deliveries.map((delivery) => [delivery.id, delivery.status])).toEqual([
    [deliveryOf(id, 1), "queued"],
    [deliveryOf(id, 2), "queued"],
  ]);
  expect(await claimToSend(core, deliveryOf(id, 2))).toMatchObject({ phone: to, code });
});

test("a second just before the end of the gap is still inside it", async () => {
  const to = randomNumber();
  const { verification } = await start(core, to);
  await core.age(verification.id, 20);
  expect((await start(core, to)).sending).toBe(false);
});

test("the gap is 30 s, then 60 s, then 120 s, and no longer", async () => {
  const long = await startTestCore({ settings: { expirySeconds: 600 } });
  const to = randomNumber();
  const gaps = [];
  let { verification } = await start(long, to);
  for (const gap of [30, 60, 120, 120]) {
    const since = verification.deliveries.at(-1)?.createdAt ?? verification.createdAt;
    gaps.push(gapMs({ createdAt: since, resendAt: verification.resendAt }) / 1000);
    await long.age(verification.id, gap);
    ({ verification } = await start(long, to));
  }
  expect(gaps).toEqual([30, 60, 120, 120]);
  expect(verification.deliveries).toHaveLength(5);
  await long.close();
});

test("a resend does not prolong the life of the code", async () => {
  const to = randomNumber();
  const { verification } = await start(core, to);
  await core.age(verification.id, 100);
  const again = await start(core, to);
  expect(again.verification.expiresAt.getTime()).toBe(verification.expiresAt.getTime() - 100_000);
  expect(again.lifeLeftSeconds).toBeLessThanOrEqual(200);
});

describe("what a later request brings along", () => {
  test("replaces language and metadata", async () => {
    const to = randomNumber();
    const { verification } = await start(core, to, { locale: "en", metadata: { order: "1", device: "a" } });
    const again = await start(core, to, { locale: "fr", metadata: { order: "2" } });
    expect(again.verification.metadata).toEqual({ order: "2" });
    expect(await read(core, verification.id)).toMatchObject({ metadata: { order: "2" } });
    expect(await claimToSend(core, deliveryOf(verification.id))).toMatchObject({ locale: "fr" });
  });

  test("keeps what it does not mention", async () => {
    const to = randomNumber();
    const { verification } = await start(core, to, { locale: "de", metadata: { order: "1" } });
    expect((await start(core, to)).verification.metadata).toEqual({ order: "1" });
    expect(await claimToSend(core, deliveryOf(verification.id))).toMatchObject({ locale: "de" });
  });
});

test.each(terminal)("after one that is %s the next request creates another with a code of its own", async (status) => {
  const to = randomNumber();
  const { verification } = await start(core, to);
  await endings[status](core, verification.id);
  const next = await start(core, to);
  expect(next.verification.id).not.toBe(verification.id);
  expect(next).toMatchObject({ sending: true, verification: { status: "pending", attemptsRemaining: 3 } });
  expect(await read(core, verification.id)).toMatchObject({ status });
});
