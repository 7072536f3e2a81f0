import { afterAll, expect, test } from "vitest";
import type { WatchwordError } from "../errors.ts";
import { numberPolicies } from "../limits/policies.ts";
import { randomNumber } from "../testing/index.fixture.ts";
import {
  check,
  endings,
  read,
  smsThenCall,
  start,
  startedId,
  startTestCore,
  wrong,
} from "../testing/verifications.fixture.ts";

const core = await startTestCore();
afterAll(() => core.close());

const [quarterHour, day] = numberPolicies();

async function times(count: number, to: string): Promise<string> {
  let id = "";
  for (let i = 0; i < count; i += 1) id = await startedId(core, to);
  return id;
}

const limited = { name: "WatchwordError", code: "too_many_requests" };

/** The refusal of one more request. */
const refusal = (to: string): Promise<WatchwordError> =>
  start(core, to).then(
    () => Promise.reject(new Error("one more request was taken")),
    (error: WatchwordError) => error,
  );

/** Refused with a wait of `seconds`, less what has passed since `begun`. */
async function expectWait(seconds: number, to: string, begun: number): Promise<void> {
  const error = await refusal(to);
  expect(error).toMatchObject(limited);
  const { retryAfterSeconds = 0 } = error.details;
  const tookSeconds = (performance.now() - begun) / 1000;
  expect(retryAfterSeconds).toBeLessThanOrEqual(seconds);
  expect(retryAfterSeconds).toBeGreaterThanOrEqual(Math.ceil(seconds - tookSeconds));
}

test("the sixth request in 15 minutes is refused, with the policy and the time until the oldest one is forgotten", async () => {
  const to = randomNumber();
  const begun = performance.now();
  const id = await times(1, to);
  await core.age(id, 100);
  await times(4, to);
  await expectWait(800, to, begun);
  expect(await refusal(to)).toMatchObject({ ...limited, details: { policy: quarterHour } });
});

test("once that time is over, and not before, one more is taken", async () => {
  const to = randomNumber();
  const first = await times(1, to);
  await core.age(first, 100);
  const id = await times(4, to);
  await core.age(id, 790);
  expect(await refusal(to)).toMatchObject(limited);
  await core.age(id, 10);
  await times(1, to);
  expect(await refusal(to)).toMatchObject(limited);
});

test("the eleventh in a day is refused, however they are spread", async () => {
  const to = randomNumber();
  const begun = performance.now();
  await core.age(await times(5, to), 1000);
  const id = await times(5, to);
  await core.age(id, 1000);
  await expectWait(86_400 - 2000, to, begun);
  expect(await refusal(to)).toMatchObject({ ...limited, details: { policy: day } });
});

test.each([
  { secondsAgo: 1000, policy: day },
  { secondsAgo: 86_300, policy: quarterHour },
])("where both limits are used up the longer wait counts: $policy.name", async ({ secondsAgo, policy }) => {
  const to = randomNumber();
  await core.age(await times(5, to), secondsAgo);
  await times(5, to);
  expect(await refusal(to)).toMatchObject({ ...limited, details: { policy } });
});

test("a refused request is not counted: the wait does not grow by asking", async () => {
  const to = randomNumber();
  const id = await times(5, to);
  for (let i = 0; i < 20; i += 1) expect(await refusal(to)).toMatchObject(limited);
  await core.age(id, 900);
  await times(5, to);
});

test("a refused request changes nothing about the pending verification", async () => {
  const to = randomNumber();
  const id = await times(5, to);
  const before = await read(core, id);
  expect(await refusal(to)).toMatchObject(limited);
  expect(await read(core, id)).toEqual(before);
});

test("a new verification does not start a new count", async () => {
  const to = randomNumber();
  for (let i = 0; i < 5; i += 1) await endings.approved(core, await startedId(core, to));
  expect(await refusal(to)).toMatchObject(limited);
});

test("other numbers and other applications are not affected", async () => {
  const to = randomNumber();
  await times(5, to);
  expect(await refusal(to)).toMatchObject(limited);
  await times(1, randomNumber());
  const other = await startTestCore();
  await start(other, to);
  await other.close();
});

test("of what stands against a number the longest wait is told: its calls, its requests, its lock", async () => {
  const settings = { ...smsThenCall, resendGapSeconds: 0, maxAttempts: 10 };
  const limits = {
    "number-15m": { limit: 2, windowSeconds: 60 },
    "number-voice-1h": { limit: 1, windowSeconds: 3600 },
    "number-lock": { limit: 1, windowSeconds: 120 },
  };
  const narrow = await startTestCore({ settings: { ...settings, limits } });
  const to = randomNumber();
  const refused = (channel: "sms" | "call") =>
    start(narrow, to, { channel }).then(
      () => undefined,
      ({ code, details }: WatchwordError) => [code, details.policy?.name],
    );
  await start(narrow, to, { channel: "call" });
  const id = await startedId(narrow, to);
  expect(await refused("sms")).toEqual(["too_many_requests", "number-15m"]);
  expect(await refused("call")).toEqual(["too_many_requests", "number-voice-1h"]);
  await check(narrow, id, wrong(await narrow.codeOf(id)));
  expect(await refused("sms")).toEqual(["number_locked", "number-lock"]);
  expect(await refused("call")).toEqual(["too_many_requests", "number-voice-1h"]);
  await narrow.close();
});
