import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { numberKey } from "../store/keys.ts";
import { createAdmission, type QueueBacklog } from "../queue/index.ts";
import { idleQueue, randomNumber } from "../testing/index.fixture.ts";
import { check, read, refOf, smsThenCall, startedId, startTestCore } from "../testing/verifications.fixture.ts";
import { resendVerification } from "./resend.ts";
import { startVerification } from "./start.ts";

const core = await startTestCore({ settings: smsThenCall });
afterAll(() => core.close());

/** How long a job of each queue would wait. */
let waitMs: Record<string, number>;
beforeEach(() => {
  waitMs = {};
});

const latest = (): QueueBacklog[] =>
  Object.entries(waitMs).map(([queue, ms]) => ({ queue, ...idleQueue, waitMs: ms, steadyWaitMs: ms }));
const guarded = { ...core, admission: createAdmission({ latest, stop: () => undefined }) };

const unavailable = { code: "unavailable", details: { retryAfterSeconds: 20 } };
const start = (to: string, channel: "sms" | "call" = "sms") =>
  startVerification(guarded, core.application, { to, channel });

async function startedAndAged(seconds: number, to?: string): Promise<string> {
  const id = await startedId(core, to);
  await core.age(id, seconds);
  return id;
}

describe("where an SMS would wait longer than its code lives", () => {
  beforeEach(() => {
    waitMs = { "sms-telnyx": 319_500 };
  });

  test("a verification is refused with the time to come back, nothing is kept and nothing counted", async () => {
    const to = randomNumber();
    const keys = new Set(await core.redis.keys("*"));
    for (let i = 0; i < 20; i += 1) await expect(start(to)).rejects.toMatchObject(unavailable);
    expect((await core.redis.keys("*")).filter((key) => !keys.has(key))).toEqual([]);
    waitMs = {};
    expect(await start(to)).toMatchObject({ created: true });
  });

  test("a page that asks again within the resend gap is answered, since nothing is sent, and refused after it", async () => {
    const to = randomNumber();
    const id = await startedId(core, to);
    expect(await start(to)).toMatchObject({ sending: false, verification: { id } });
    await core.age(id, 30);
    await expect(start(to)).rejects.toMatchObject(unavailable);
    await check(core, id, await core.codeOf(id));
    await expect(start(to)).rejects.toMatchObject(unavailable);
  });

  test("a resend is refused with the time to come back, and nothing is added or counted", async () => {
    const id = await startedId(core);
    await core.age(id, 30);
    const before = await read(core, id);
    const requests = await core.redis.hgetall(numberKey(refOf(id).tag));
    await expect(resendVerification(guarded, core.application, id, "sms")).rejects.toMatchObject({
      code: "unavailable",
      details: { retryAfterSeconds: 50 },
    });
    expect(await read(core, id)).toEqual(before);
    expect(await core.redis.hgetall(numberKey(refOf(id).tag))).toEqual(requests);
  });

  test("a call is accepted, and so is the verification of a landline", async () => {
    expect(await start(randomNumber(), "call")).toMatchObject({ created: true });
    expect(await start("+442071838750")).toMatchObject({ created: true });
    const id = await startedId(core);
    await core.age(id, 30);
    expect(await resendVerification(guarded, core.application, id, "call")).toMatchObject({ status: "pending" });
  });

  test("a code that was sent before is checked", async () => {
    const id = await startedId(core);
    expect(await check(core, id, await core.codeOf(id))).toMatchObject({ valid: true });
  });
});

describe("where an SMS would wait longer than what is left of a code that is pending", () => {
  const LEFT_SECONDS = 30;
  const late = { code: "unavailable", details: { retryAfterSeconds: 10 } };
  test.each([
    ["a resend", (id: string) => resendVerification(guarded, core.application, id, "sms")],
    ["a start of its number", (_id: string, to: string) => start(to)],
  ])("%s is refused with the time to come back, and nothing is added or counted", async (_what, ask) => {
    const to = randomNumber();
    const id = await startedAndAged(300 - LEFT_SECONDS, to);
    const before = await read(core, id);
    const requests = await core.redis.hgetall(numberKey(refOf(id).tag));
    waitMs = { "sms-telnyx": 39_500 };
    await expect(ask(id, to)).rejects.toMatchObject(late);
    expect(await read(core, id)).toEqual(before);
    expect(await core.redis.hgetall(numberKey(refOf(id).tag))).toEqual(requests);
    waitMs = { "sms-telnyx": 20_000 };
    await ask(id, to);
    expect((await read(core, id)).deliveries).toHaveLength(2);
  });

  test("a new verification is accepted, and so is a page that asks again within the resend gap", async () => {
    waitMs = { "sms-telnyx": 299_500 };
    const to = randomNumber();
    expect(await start(to)).toMatchObject({ created: true });
    waitMs = { "sms-telnyx": 299_999 };
    expect(await start(to)).toMatchObject({ sending: false });
  });
});

test.each([
  ["that there is not", async () => `vf_${"A".repeat(32)}`, "verification_not_found"],
  ["that is over", () => startedAndAged(300), "verification_not_pending"],
])("however much waits, a resend for a verification %s is told so", async (_which, idOf, code) => {
  const id = await idOf();
  for (const ms of [0, 320_000]) {
    waitMs = { "sms-telnyx": ms };
    await expect(resendVerification(guarded, core.application, id, "sms")).rejects.toMatchObject({ code });
  }
});

test("where calls would wait too long, an SMS is accepted and a landline refused", async () => {
  waitMs = { "call-telnyx": 320_000 };
  expect(await start(randomNumber())).toMatchObject({ created: true });
  await expect(start("+442071838751")).rejects.toMatchObject(unavailable);
});
