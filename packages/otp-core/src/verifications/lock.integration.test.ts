import { afterAll, expect, test } from "vitest";
import type { WatchwordError } from "../errors.ts";
import { expectToPass } from "../testing/limits.fixture.ts";
import { randomNumber } from "../testing/index.fixture.ts";
import { check, endings, startedId, startTestCore, wrong } from "../testing/verifications.fixture.ts";
import { resendVerification } from "./resend.ts";

/** A number is asked for as often as a guesser likes here: the lock alone stands in the way. */
const unlimited = { "number-15m": false, "number-24h": false } as const;
const core = await startTestCore({ settings: { limits: unlimited, resendGapSeconds: 0 } });
afterAll(() => core.close());

const refusal = (action: Promise<unknown>): Promise<WatchwordError> =>
  action.then(
    () => Promise.reject(new Error("it was not refused")),
    (error: WatchwordError) => error,
  );

/** Guesses wrongly, with a new verification and so a new code whenever one is used up. */
async function guess(to: string, times: number): Promise<string> {
  let id = await startedId(core, to);
  for (let i = 0; i < times; i += 1) {
    const { status } = await check(core, id, wrong(await core.codeOf(id)));
    if (status === "failed" && i < times - 1) id = await startedId(core, to);
  }
  return id;
}

const locked = (seconds: number) => ({
  code: "number_locked",
  details: { retryAfterSeconds: seconds, policy: { name: "number-lock", limit: 10, windowSeconds: seconds } },
});

test("ten wrong codes in a row lock a number for 15 minutes, however many verifications and resends they are spread over", async () => {
  const to = randomNumber();
  const id = await guess(to, 9);
  const open = await startedId(core, to);
  await resendVerification(core, core.application, open, "sms");
  const code = await core.codeOf(open);
  await check(core, open, wrong(code));
  expect(await refusal(startedId(core, to))).toMatchObject(locked(900));
  expect(await refusal(check(core, open, code))).toMatchObject(locked(900));
  expect(await refusal(resendVerification(core, core.application, open, "sms"))).toMatchObject(locked(900));
  expect(id).not.toBe(open);
});

test("when the lock has passed, to the second, the number goes on as before", async () => {
  const to = randomNumber();
  const id = await guess(to, 10);
  await core.age(id, 899);
  expect((await refusal(startedId(core, to))).details.retryAfterSeconds).toBe(1);
  await core.age(id, 1);
  const next = await startedId(core, to);
  expect(await check(core, next, await core.codeOf(next))).toMatchObject({ valid: true });
});

test("every further lock is twice as long, up to a day, and the hundredth wrong code is the last for 30 days", async () => {
  const to = randomNumber();
  const waits = [];
  for (let i = 0; i < 10; i += 1) {
    const id = await guess(to, 10);
    const { retryAfterSeconds = 0 } = (await refusal(startedId(core, to))).details;
    waits.push(retryAfterSeconds);
    await core.age(id, retryAfterSeconds);
  }
  expect(waits).toEqual([900, 1800, 3600, 7200, 14_400, 28_800, 57_600, 86_400, 86_400, 30 * 86_400]);
});

test("a right code, and nothing else, begins the count anew", async () => {
  const to = randomNumber();
  const id = await guess(to, 9);
  await endings.canceled(core, await startedId(core, to));
  const right = await startedId(core, to);
  await check(core, right, await core.codeOf(right));
  await guess(to, 9);
  const last = await startedId(core, to);
  expect(await check(core, last, wrong(await core.codeOf(last)))).toMatchObject({ valid: false });
  expect(await refusal(check(core, last, "000000"))).toMatchObject(locked(900));
  expect(id).not.toBe(last);
});

test("no concurrency evaluates one guess too many for a number", async () => {
  const several = await startTestCore({ settings: { limits: unlimited, maxAttempts: 10 } });
  const to = randomNumber();
  const id = await startedId(several, to);
  const code = wrong(await several.codeOf(id));
  for (let i = 0; i < 4; i += 1) await check(several, id, code);
  const answers = await Promise.allSettled(Array.from({ length: 100 }, () => check(several, id, code)));
  const evaluated = answers.filter((answer) => answer.status === "fulfilled" && answer.value.status !== "failed");
  expect(evaluated).toHaveLength(5);
  expect(await refusal(startedId(several, to))).toMatchObject({ code: "number_locked" });
  await several.close();
});

test("another number and another application are not locked", async () => {
  const to = randomNumber();
  await guess(to, 10);
  await expectToPass(startedId(core, randomNumber()));
  const other = await startTestCore();
  await expectToPass(startedId(other, to));
  await other.close();
});
