import { randomUUID } from "node:crypto";
import { Queue, Worker } from "bullmq";
import { afterAll, describe, expect, test } from "vitest";
import { deliveryQueue } from "../core.ts";
import type { CallEventJob } from "../deliveries/call-event.ts";
import type { Receipt } from "../deliveries/receipt.ts";
import type { EventJob } from "../events.ts";
import { deliveryId, newVerificationRef, verificationId } from "../ids.ts";
import { connectForWork } from "../store/redis.ts";
import { startTestCore } from "../testing/verifications.fixture.ts";
import type { DeliveryCause } from "../verification.ts";
import { type DeliveryJob, queueNames, queuePrefix } from "./contracts.ts";
import { callJobs, smsJobs } from "./jobs.fixture.ts";

const core = await startTestCore();
const jobs = smsJobs(core);
const calls = callJobs(core);
const open = <Data>(name: string) => new Queue<Data>(name, { connection: core.redis, prefix: queuePrefix(name) });
const receipts = open<Receipt>("receipts");
const callEvents = open<CallEventJob>("call-events");
const escalations = open<DeliveryJob>("escalations");
afterAll(async () => {
  await jobs.close();
  await calls.close();
  await Promise.all([receipts, callEvents, escalations].map((queue) => queue.close()));
  await core.close();
});

type Five = [string, string, string, string, string];
const newDelivery = (number = 1) => deliveryId({ ...newVerificationRef("AbCdEfGh-_012345"), number });
const sms = deliveryQueue("sms", "telnyx");
const call = deliveryQueue("call", "telnyx");

describe("adding a delivery", () => {
  test("twice is adding it once, one after the other or 100 at a time", async () => {
    const id = newDelivery();
    await core.queues.add(sms, id);
    await core.queues.add(sms, id);
    await Promise.all(Array.from({ length: 100 }, () => core.queues.add(sms, id)));
    expect(await jobs.timesWaiting(id)).toBe(1);
  });

  test("adds every one of a burst", async () => {
    const ids = Array.from({ length: 100 }, () => newDelivery());
    await Promise.all(ids.map((id) => core.queues.add(sms, id)));
    expect(await Promise.all(ids.map((id) => jobs.timesWaiting(id)))).toEqual(ids.map(() => 1));
  });

  test("of one channel leaves the other's queue alone", async () => {
    const id = newDelivery();
    await core.queues.add(call, id);
    expect(await calls.timesWaiting(id)).toBe(1);
    expect(await jobs.find(id)).toBeUndefined();
  });

  test("is refused where there is no such queue", () => {
    expect(() => core.queues.add("fax-telnyx", newDelivery())).toThrow("no queue named fax-telnyx");
  });
});

describe("what waits is taken", () => {
  /** The order in which a worker takes the deliveries of a queue that were added in this one. */
  async function orderTaken(queue: string, added: [id: string, cause: DeliveryCause][]): Promise<string[]> {
    await open(queue).obliterate({ force: true });
    for (const [id, cause] of added) await core.queues.add(queue, id, cause);
    const taken: string[] = [];
    const connection = connectForWork(core.redisUrl);
    const worker = new Worker(queue, async ({ id = "" }) => void taken.push(id), {
      connection,
      prefix: queuePrefix(queue),
    });
    await expect.poll(() => taken.length, { timeout: 10_000 }).toBe(added.length);
    await worker.close();
    connection.disconnect();
    return taken;
  }

  test("first messages and those of a workflow as they came, then resends", async () => {
    const [resend, tenth, first, fallback, last] = [2, 10, 1, 2, 1].map((number) => newDelivery(number)) as Five;
    const order = await orderTaken(sms, [
      [resend, "resend"],
      [tenth, "resend"],
      [first, "start"],
      [fallback, "fallback"],
      [last, "start"],
    ]);
    expect(order).toEqual([first, fallback, last, resend, tenth]);
  });

  test("a call to somebody whose SMS failed before first calls, and those before resends, however many wait", async () => {
    const [resend, first, second, fallback, later] = [2, 1, 1, 2, 3].map((number) => newDelivery(number)) as Five;
    const order = await orderTaken(call, [
      [resend, "resend"],
      [first, "start"],
      [second, "start"],
      [fallback, "fallback"],
      [later, "fallback"],
    ]);
    expect(order).toEqual([fallback, later, first, second, resend]);
  });

  test("once, although it was added 100 times at once", async () => {
    const id = newDelivery(2);
    await Promise.all(Array.from({ length: 100 }, () => core.queues.add(sms, id, "resend")));
    expect(await jobs.timesWaiting(id)).toBe(1);
  });
});

test.each([
  [sms, 1, "SMS"],
  [sms, 2, "SMS, delivery 2"],
  [call, 1, "call"],
  [call, 3, "call, delivery 3"],
])("a job of %s with delivery %d shows as %j", async (queue, number, name) => {
  const id = newDelivery(number);
  await core.queues.add(queue, id);
  expect((await (queue === sms ? jobs : calls).find(id))?.name).toBe(name);
});

describe("an escalation", () => {
  test("waits for as long as it is told, and holds the delivery's id only", async () => {
    const id = newDelivery();
    const before = Date.now();
    await core.queues.escalate(id, 30_000);
    const job = await escalations.getJob(id);
    expect(job).toMatchObject({ name: "unless confirmed", data: { deliveryId: id }, delay: 30_000 });
    expect(await job?.isDelayed()).toBe(true);
    // BullMQ keeps the time when a delayed job is due in the upper bits of its score.
    const score = Number(await core.redis.zscore(escalations.toKey("delayed"), id));
    expect(Math.floor(score / 0x1000)).toBeGreaterThanOrEqual(before + 30_000);
    expect(Math.floor(score / 0x1000)).toBeLessThanOrEqual(Date.now() + 30_000);
  });

  test("of one delivery is one, at the first time that was told", async () => {
    const id = newDelivery();
    await core.queues.escalate(id, 30_000);
    await Promise.all(Array.from({ length: 50 }, () => core.queues.escalate(id, 1)));
    expect((await escalations.getJob(id))?.delay).toBe(30_000);
    expect(await core.redis.lpos(escalations.toKey("wait"), id)).toBeNull();
  });

  test("is none of its delivery's own job", async () => {
    const id = newDelivery();
    await core.queues.add(sms, id);
    await core.queues.escalate(id, 30_000);
    expect(await jobs.timesWaiting(id)).toBe(1);
    expect(await escalations.getJob(id)).toBeDefined();
  });
});

test("the same event of a call is one job, which holds ids only", async () => {
  const event: CallEventJob = {
    deliveryId: newDelivery(),
    callId: randomUUID(),
    event: "person",
    reason: null,
    eventId: randomUUID(),
  };
  await Promise.all(Array.from({ length: 50 }, () => core.queues.addCallEvent(event)));
  await core.queues.addCallEvent({ ...event, event: "machine" });
  const job = await callEvents.getJob(`event-${event.eventId}`);
  expect(job).toMatchObject({ name: "call person", data: event });
  expect(job?.data).toEqual(event);
  const waiting = await core.redis.lpos(callEvents.toKey("wait"), `event-${event.eventId}`, "COUNT", 0);
  expect(waiting).toHaveLength(1);
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

test.each(queueNames)("all keys of the queue %s share a Redis Cluster slot", async (name) => {
  const deliveryId = newDelivery();
  const event = { deliveryId, callId: "c1", event: "ringing", reason: null, eventId: randomUUID() } as const;
  const receipt = { deliveryId, status: "sent", reason: null, carrierId: "m1" } as const;
  await Promise.all([
    core.queues.add(sms, deliveryId),
    core.queues.add(call, deliveryId),
    core.queues.escalate(deliveryId, 1000),
    core.queues.addCallEvent(event),
    core.queues.addReceipt(receipt, randomUUID()),
    core.queues.notify({
      type: "delivery.sent",
      applicationId: "default",
      verificationId: "vf_1",
      to: "+1415•••0123",

      occurredAt: new Date().toISOString(),
    }),
  ]);
  const keys = await core.redis.keys(`*${name}*`);
  expect(keys.length).toBeGreaterThan(1);
  for (const key of keys) expect(key.startsWith(`ww:{${name}}:`)).toBe(true);
});
