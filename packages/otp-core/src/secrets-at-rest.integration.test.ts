import { randomUUID } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { claimDelivery } from "./deliveries/claim.ts";
import { applyReceipt } from "./deliveries/receipt.ts";
import { settleDelivery } from "./deliveries/settle.ts";
import { escalateDelivery } from "./deliveries/escalate.ts";
import { callJobs, smsJobs } from "./queue/jobs.fixture.ts";
import { randomNumber } from "./testing/index.fixture.ts";
import { codeKey, verificationKey } from "./store/keys.ts";
import { callOf } from "./testing/calls.fixture.ts";
import { findInRedis } from "./testing/scan.fixture.ts";
import {
  check,
  claimToSend,
  deliveryOf,
  endings,
  read,
  refOf,
  sendOut,
  smsThenCall,
  start,
  startedId,
  startTestCore,
  terminal,
  wrong,
} from "./testing/verifications.fixture.ts";
import { checkNumber } from "./verifications/check.ts";
import { resendVerification } from "./verifications/resend.ts";

/** Ten digits, so that nothing else looks like a code by chance. */
const core = await startTestCore({ settings: { codeLength: 10, maxAttempts: 10, ...smsThenCall } });
const jobs = smsJobs(core);
const calls = callJobs(core);
afterAll(async () => {
  await jobs.close();
  await calls.close();
  await core.close();
});

/** The third delivery: the first two are messages. */
const CALL = 3;

const plantedKey = (name: string) => `planted:${name}:${randomUUID()}`;

/** The ways in which a number could be written down. */
const written = (to: string) => [to.slice(1), to.slice(2), `(${to.slice(2, 5)}) ${to.slice(5, 8)}-${to.slice(8)}`];
const encoded = (text: string) => [
  text,
  Buffer.from(text).toString("base64url").slice(0, -2),
  Buffer.from(text).toString("hex"),
  text.split("").toReversed().join(""),
];

/** Has the code said in a call, or an answering machine take it. */
async function call(id: string, answeredBy: "person" | "machine"): Promise<void> {
  await core.queues.escalate(deliveryOf(id), 60_000);
  await escalateDelivery(core, deliveryOf(id));
  const { ref } = await claimToSend(core, deliveryOf(id, CALL));
  await settleDelivery(core, ref, { outcome: "retry", reason: "rate_limited", carrierCode: "HTTP_429" });
  const callId = await sendOut(core, deliveryOf(id, CALL));
  const { event, hear } = callOf(core, id, { number: CALL, callId });
  for (const name of ["ringing", "answered", answeredBy, "repeat", "spoken", "ended"] as const) {
    const heard = event(name, name === "ended" ? "completed" : undefined);
    await core.queues.addCallEvent(heard);
    const { next } = await hear(heard);
    if (next.action === "speak") expect(next.code).toBe(await core.codeOf(id));
  }
  await (await calls.find(deliveryOf(id, CALL)))?.log("attempt 1: retry in 20 ms, rate_limited (HTTP_429)");
}

/** Goes through all that can happen to a number, up to its verification's end. */
async function drive(to: string, end: (id: string) => Promise<unknown>, answeredBy: "person" | "machine") {
  const { verification } = await start(core, to, { locale: "en", metadata: { user_id: "42" } });
  const { id } = verification;
  const code = await core.codeOf(id);
  const deliveryId = deliveryOf(id);
  await start(core, to);
  await check(core, id, wrong(code));
  await checkNumber(core, core.application, to, wrong(code));

  const { ref } = await claimToSend(core, deliveryId);
  await settleDelivery(core, ref, { outcome: "retry", reason: "rate_limited", carrierCode: "40318" });
  await claimToSend(core, deliveryId);
  await claimDelivery(core, deliveryId);
  await core.age(id, 30);
  await resendVerification(core, core.application, id, "sms");
  const receipt = { deliveryId, status: "sent", reason: null, carrierId: randomUUID() } as const;
  await core.queues.addReceipt(receipt, randomUUID());
  await applyReceipt(core, receipt);
  await (await jobs.find(deliveryOf(id, 2)))?.updateProgress(50);
  await call(id, answeredBy);
  await end(id);
  await core.age(id, 10);
  for (const number of [1, 2, CALL]) await claimDelivery(core, deliveryOf(id, number));
  return { id, code, secrets: [...written(to), code].flatMap(encoded) };
}

/** So that the search has something to look through: attempts, calls, and jobs of every queue. */
async function expectTraces(id: string): Promise<void> {
  const fields = await core.redis.hkeys(verificationKey(refOf(id)));
  const call = expect.stringMatching(/^3\.call:/) as string;
  expect(fields).toEqual(expect.arrayContaining(["1.1", "1.2", "2.1", "3.1", "3.2", call, "plan", "step"]));
  const jobs = [
    `ww:{sms-telnyx}:sms-telnyx:${deliveryOf(id)}`,
    `ww:{call-telnyx}:call-telnyx:${deliveryOf(id, CALL)}`,
    `ww:{escalations}:escalations:${deliveryOf(id)}`,
  ];
  const events = ["receipts", "call-events"].map((queue) => `ww:{${queue}}:${queue}:wait`);
  for (const key of jobs.concat(events)) expect([key, await core.redis.exists(key)]).toEqual([key, 1]);
}

async function undeliver(id: string): Promise<void> {
  const receipt = { deliveryId: deliveryOf(id), status: "undelivered", reason: "blocked", carrierId: "m1" } as const;
  await applyReceipt(core, receipt);
  const { ref } = await claimToSend(core, deliveryOf(id, 2));
  await settleDelivery(core, ref, { outcome: "failed", reason: "invalid_number", carrierCode: "40310" });
}

test("no key, field, value, job or event in Redis shows a number or a code, however its verification ended", async () => {
  const secrets = new Set<string>();
  for (const status of ["pending", ...terminal] as const) {
    const end = (id: string) => {
      if (status === "undeliverable") return undeliver(id);
      return status === "pending" ? Promise.resolve() : endings[status](core, id);
    };
    const answeredBy = status === "undeliverable" ? "machine" : "person";
    const { id, code, secrets: own } = await drive(randomNumber(), end, answeredBy);
    for (const secret of own) secrets.add(secret);
    expect(await read(core, id)).toMatchObject({ status });
    if (status !== "pending") await check(core, id, code);
    await expectTraces(id);
  }
  expect(await findInRedis(core.redis, [...secrets])).toEqual([]);
});

test("the search finds what is planted in every kind of key and in a job, and nothing once that is gone", async () => {
  const { redis } = core;
  const secret = randomUUID();
  const around = `before ${secret} after`;
  const named = `${plantedKey("name")}:${secret}`;
  const plants: Record<string, (planted: string) => Promise<unknown>> = {
    [named]: (planted) => redis.set(planted, "1"),
    [plantedKey("string")]: (planted) => redis.set(planted, around),
    [plantedKey("field of a hash")]: (planted) => redis.hset(planted, around, "1"),
    [plantedKey("value of a hash")]: (planted) => redis.hset(planted, "field", around),
    [plantedKey("list")]: (planted) => redis.rpush(planted, "1", around),
    [plantedKey("set")]: (planted) => redis.sadd(planted, "1", around),
    [plantedKey("sorted set")]: (planted) => redis.zadd(planted, 1, around),
    [plantedKey("stream")]: (planted) => redis.xadd(planted, "*", "field", around),
  };
  for (const [planted, plant] of Object.entries(plants)) await plant(planted);
  const delivery = deliveryOf(await startedId(core));
  const job = await jobs.find(delivery);
  await job?.updateData({ deliveryId: secret });

  const expected = [...Object.keys(plants), `ww:{sms-telnyx}:sms-telnyx:${delivery}`];
  expect((await findInRedis(redis, [secret])).toSorted()).toEqual(expected.toSorted());
  await redis.del(...Object.keys(plants));
  await job?.remove();
  expect(await findInRedis(redis, [secret])).toEqual([]);
});

test("what is sealed goes with the code's own life, although nobody looks", async () => {
  const key = codeKey(refOf(await startedId(core)));
  const lifeMs = core.application.settings.expirySeconds * 1000;
  expect(await core.redis.pttl(key)).toBeGreaterThan(0);
  expect(await core.redis.pttl(key)).toBeLessThanOrEqual(lifeMs);
});
