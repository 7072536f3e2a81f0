import { randomUUID } from "node:crypto";
import { Queue } from "bullmq";
import { afterAll, describe, expect, test } from "vitest";
import { deliveryQueue } from "../core.ts";
import type { Receipt } from "../deliveries/receipt.ts";
import type { EventJob } from "../events.ts";
import { deliveryId, newVerificationRef, verificationId } from "../ids.ts";
import { startTestCore } from "../testing/verifications.fixture.ts";
import { queuePrefix } from "./contracts.ts";
import { smsJobs } from "./jobs.fixture.ts";

const core = await startTestCore();
const jobs = smsJobs(core);
const receipts = new Queue<Receipt>("receipts", { connection: core.redis, prefix: queuePrefix("receipts") });
afterAll(async () => {
  await jobs.close();
  await receipts.close();
  await core.close();
});

const newDelivery = () => deliveryId({ ...newVerificationRef("AbCdEfGh-_012345"), number: 1 });
const sms = deliveryQueue("sms", "telnyx");

describe("adding a delivery", () => {
  test("twice is adding it once, one after the other or 100 at a time", async () => {
    const id = newDelivery();
    await core.queues.add(sms, id);
    await core.queues.add(sms, id);
    await Promise.all(Array.from({ length: 100 }, () => core.queues.add(sms, id)));
    expect(await jobs.timesWaiting(id)).toBe(1);
  });

  test("adds every one of a burst", async () => {
    const ids = Array.from({ length: 100 }, newDelivery);
    await Promise.all(ids.map((id) => core.queues.add(sms, id)));
    expect(await Promise.all(ids.map((id) => jobs.timesWaiting(id)))).toEqual(ids.map(() => 1));
  });

  test("is refused where there is no such queue", () => {
    expect(() => core.queues.add("fax-telnyx", newDelivery())).toThrow("no queue named fax-telnyx");
  });
});

test("the same event of a carrier is one job, which holds ids only", async () => {
  const eventId = randomUUID();
  const receipt: Receipt = { deliveryId: newDelivery(), status: "delivered", reason: null, carrierId: randomUUID() };
  await core.queues.addReceipt(receipt, eventId);
  await core.queues.addReceipt({ ...receipt, status: "undelivered" }, eventId);
  expect((await receipts.getJob(`event-${eventId}`))?.data).toEqual(receipt);
  const waiting = await core.redis.lpos(receipts.toKey("wait"), `event-${eventId}`, "COUNT", 0);
  expect(waiting).toHaveLength(1);
});

test("the same event of a verification is one job, tried eight times", async () => {
  const notifications = new Queue("notifications", { connection: core.redis, prefix: queuePrefix("notifications") });
  const event: EventJob = {
    type: "verification.approved",
    applicationId: core.application.id,
    verificationId: verificationId(newVerificationRef("AbCdEfGh-_012345")),
    to: "+1415•••0123",
    occurredAt: new Date().toISOString(),
  };
  await Promise.all(Array.from({ length: 20 }, () => core.queues.notify(event)));
  await core.queues.notify({ ...event, occurredAt: "another time" });
  const id = `verification.approved-${event.verificationId}`;
  const waiting = await core.redis.lpos(notifications.toKey("wait"), id, "COUNT", 0);
  expect(waiting).toHaveLength(1);
  expect(await notifications.getJob(id)).toMatchObject({ data: event, opts: { attempts: 8 } });
  await notifications.remove(id);
  await notifications.close();
});

test("all keys of a queue share a Redis Cluster slot", async () => {
  await core.queues.add(sms, newDelivery());
  const keys = await core.redis.keys("*sms-telnyx*");
  expect(keys.length).toBeGreaterThan(1);
  for (const key of keys) expect(key).toMatch(/^ww:\{sms-telnyx\}:/);
});
