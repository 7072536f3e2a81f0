import { afterAll, describe, expect, test } from "vitest";
import { smsJobs } from "../queue/jobs.fixture.ts";
import { randomNumber } from "../testing/index.fixture.ts";
import { deliveryOf, endings, sendOut, start, startTestCore, terminal } from "../testing/verifications.fixture.ts";
import { startVerification } from "./start.ts";

const core = await startTestCore();
const jobs = smsJobs(core);
afterAll(async () => {
  await jobs.close();
  await core.close();
});

test("the job of a delivery has its id and holds nothing else", async () => {
  const { verification } = await start(core, randomNumber(), { locale: "en", metadata: { user_id: "42" } });
  const delivery = deliveryOf(verification.id);
  const job = await jobs.find(delivery);
  expect(job?.id).toBe(delivery);
  expect(job?.data).toEqual({ deliveryId: delivery });
  expect(await jobs.timesWaiting(delivery)).toBe(1);
});

test("50 concurrent requests for one number leave one job", async () => {
  const to = randomNumber();
  const results = await Promise.allSettled(Array.from({ length: 50 }, () => start(core, to)));
  const ids = results.flatMap((result) => (result.status === "fulfilled" ? [result.value.verification.id] : []));
  expect(new Set(ids).size).toBe(1);
  expect(await jobs.timesWaiting(deliveryOf(ids[0] ?? ""))).toBe(1);
  expect(await jobs.find(deliveryOf(ids[0] ?? "", 2))).toBeUndefined();
});

test("after the gap the second delivery has a job too, and the first keeps its own", async () => {
  const to = randomNumber();
  const { verification } = await start(core, to);
  await core.age(verification.id, 30);
  await start(core, to);
  expect(await jobs.timesWaiting(deliveryOf(verification.id, 1))).toBe(1);
  expect(await jobs.timesWaiting(deliveryOf(verification.id, 2))).toBe(1);
});

describe("a delivery whose job never got in", () => {
  test("is enqueued by the next request, inside the resend gap as well", async () => {
    const to = randomNumber();
    const { verification } = await start(core, to);
    const delivery = deliveryOf(verification.id);
    await (await jobs.find(delivery))?.remove();
    expect(await jobs.find(delivery)).toBeUndefined();

    expect((await start(core, to)).sending).toBe(false);
    expect((await jobs.find(delivery))?.data).toEqual({ deliveryId: delivery });
    expect(await jobs.timesWaiting(delivery)).toBe(1);
  });

  test("is enqueued by a request that the limit refuses, too", async () => {
    const to = randomNumber();
    const { verification } = await start(core, to);
    for (let i = 0; i < 4; i++) await start(core, to);
    const delivery = deliveryOf(verification.id);
    await (await jobs.find(delivery))?.remove();
    await expect(start(core, to)).rejects.toMatchObject({ code: "too_many_requests" });
    expect(await jobs.timesWaiting(delivery)).toBe(1);
  });

  test("fails its own request, so that the caller asks again", async () => {
    const to = randomNumber();
    const away = new Error("Connection is closed.");
    const broken = { ...core, queue: { ...core.queue, add: () => Promise.reject(away) } };
    await expect(startVerification(broken, core.application, { to, channel: "sms" })).rejects.toBe(away);

    const { verification, sending } = await start(core, to);
    expect({ sending, deliveries: verification.deliveries.length }).toEqual({ sending: false, deliveries: 1 });
    expect(await jobs.timesWaiting(deliveryOf(verification.id))).toBe(1);
  });

  test("is not enqueued again once it has been sent", async () => {
    const to = randomNumber();
    const { verification } = await start(core, to);
    const delivery = deliveryOf(verification.id);
    await sendOut(core, delivery);
    await (await jobs.find(delivery))?.remove();
    await start(core, to);
    expect(await jobs.find(delivery)).toBeUndefined();
  });

  test.each(terminal)("is not enqueued again once its verification is %s", async (status) => {
    const to = randomNumber();
    const { verification } = await start(core, to);
    const delivery = deliveryOf(verification.id);
    await endings[status](core, verification.id);
    await (await jobs.find(delivery))?.remove();
    await start(core, to);
    expect(await jobs.find(delivery)).toBeUndefined();
  });
});
