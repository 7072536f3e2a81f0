import { afterAll, describe, expect, test } from "vitest";
import { smsJobs } from "../queue/jobs.fixture.ts";
import { numberKey } from "../store/keys.ts";
import { randomNumber } from "../testing/index.fixture.ts";
import {
  claimToSend,
  deliveryOf,
  endings,
  read,
  refOf,
  start,
  startedId,
  startTestCore,
  terminal,
} from "../testing/verifications.fixture.ts";
import { resendVerification } from "./resend.ts";

const core = await startTestCore();
const jobs = smsJobs(core);
afterAll(async () => {
  await jobs.close();
  await core.close();
});

const resend = (id: string, application = core.application) => resendVerification(core, application, id, "sms");

describe("a resend after the gap", () => {
  test("sends the same code again as another delivery, with a job", async () => {
    const id = await startedId(core);
    const code = await core.codeOf(id);
    await core.age(id, 30);
    const verification = await resend(id);
    expect(verification).toMatchObject({ id, status: "pending", attemptsRemaining: 3 });
    expect(verification.deliveries.map((delivery) => delivery.id)).toEqual([deliveryOf(id, 1), deliveryOf(id, 2)]);
    expect(await jobs.timesWaiting(deliveryOf(id, 2))).toBe(1);
    expect(await claimToSend(core, deliveryOf(id, 2))).toMatchObject({ code });
  });

  test("doubles the gap, as starting again does", async () => {
    const id = await startedId(core);
    await core.age(id, 30);
    const { deliveries, resendAt } = await resend(id);
    expect(resendAt.getTime() - (deliveries[1]?.createdAt.getTime() ?? 0)).toBe(60_000);
    await expect(resend(id)).rejects.toMatchObject({ code: "resend_too_soon", details: { retryAfterSeconds: 60 } });
  });

  test("happens once, however many ask for it at a time", async () => {
    const id = await startedId(core);
    await core.age(id, 30);
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => resend(id)));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await read(core, id)).deliveries).toHaveLength(2);
  });

  test("counts as a request of the number", async () => {
    const to = randomNumber();
    const id = await startedId(core, to);
    for (let i = 0; i < 3; i += 1) await start(core, to);
    await core.age(id, 30);
    await resend(id);
    await core.age(id, 60);
    await expect(resend(id)).rejects.toMatchObject({
      code: "too_many_requests",
      details: { policy: { name: "number-15m" } },
    });
    await expect(start(core, to)).rejects.toMatchObject({ code: "too_many_requests" });
  });

  test("is remembered as long as the limits look back", async () => {
    const id = await startedId(core);
    await core.age(id, 30);
    const key = numberKey(refOf(id).tag);
    // As if the number's record, made by the first request a day ago, were about to expire.
    await core.redis.expire(key, 60);
    await resend(id);
    expect(await core.redis.ttl(key)).toBeGreaterThan(86_000);
  });
});

describe("a resend is refused", () => {
  test("inside the gap, with the wait, and neither counted nor sent", async () => {
    const id = await startedId(core);
    for (let i = 0; i < 10; i += 1) {
      await expect(resend(id)).rejects.toMatchObject({ code: "resend_too_soon", details: { retryAfterSeconds: 30 } });
    }
    expect((await read(core, id)).deliveries).toHaveLength(1);
    await core.age(id, 30);
    expect((await resend(id)).deliveries).toHaveLength(2);
  });

  test("for the longer wait where its number is used up, too", async () => {
    const to = randomNumber();
    const id = await startedId(core, to);
    for (let i = 0; i < 4; i += 1) await start(core, to);
    await expect(resend(id)).rejects.toMatchObject({
      code: "too_many_requests",
      details: { policy: { name: "number-15m" } },
    });
    expect((await read(core, id)).deliveries).toHaveLength(1);
  });

  test.each(terminal)("once the verification is %s", async (status) => {
    const id = await startedId(core);
    await endings[status](core, id);
    await core.age(id, 30);
    await expect(resend(id)).rejects.toMatchObject({ code: "verification_not_pending" });
    expect((await read(core, id)).deliveries).toHaveLength(1);
  });

  test("for another application's verification, and for none", async () => {
    const id = await startedId(core);
    await core.age(id, 30);
    const notFound = { code: "verification_not_found" };
    await expect(resend(id, { ...core.application, id: "another" })).rejects.toMatchObject(notFound);
    await expect(resend("vf_no")).rejects.toMatchObject(notFound);
    expect((await read(core, id)).deliveries).toHaveLength(1);
  });

  test("on a channel that is not set up", async () => {
    const id = await startedId(core);
    await core.age(id, 30);
    await expect(resendVerification(core, core.application, id, "call")).rejects.toMatchObject({
      code: "invalid_request",
      details: { errors: [{ field: "channel" }] },
    });
  });
});
