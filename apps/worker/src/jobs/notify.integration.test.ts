import { randomUUID } from "node:crypto";
import { checkVerification, eventId } from "@watchword/otp-core";
import { describe, expect, onTestFinished, test } from "vitest";
import { createPoster } from "../notify/post.ts";
import { open, QUERY, secret, startNotified } from "../testing/notified.fixture.ts";
import { endLife, results } from "../testing/queues.fixture.ts";
import type { Sent } from "../testing/worker.fixture.ts";

const within = { timeout: 15_000, interval: 20 };

describe("an application is told", () => {
  test("of its verification from the SMS to the right code, each once, signed, and with a masked number", async () => {
    const bench = await startNotified();
    await bench.work(bench.deps);
    const sent = await bench.start();
    await bench.until(sent, "completed");
    await expect.poll(bench.types, within).toEqual(["delivery.sent"]);
    // The carrier's word may come twice and out of order.
    for (const status of ["delivered", "sent", "delivered"] as const) await bench.receipt(sent, status);
    await expect.poll(bench.types, within).toEqual(["delivery.sent", "delivery.delivered"]);
    await checkVerification(bench.core, bench.core.application, sent.id, sent.code);
    await expect.poll(bench.types, within).toEqual(["delivery.sent", "delivery.delivered", "verification.approved"]);
    await expect.poll(async () => (await results(bench.queues.receipts)).length, within).toBe(3);

    const payloads = bench.target.told.map(open);
    const masked = `${sent.to.slice(0, 5)}•••${sent.to.slice(-4)}`;
    for (const { data, timestamp } of payloads) {
      expect(data).toMatchObject({ verification_id: sent.id, to: masked });
      expect(new Date(timestamp).toISOString()).toBe(timestamp);
    }
    expect(payloads[0]?.data.delivery).toEqual({ id: sent.deliveryId, channel: "sms", carrier: "telnyx", error: null });
    expect(payloads[2]?.data.delivery).toBeUndefined();
    expect(await bench.metrics()).toContain('watchword_notifications_total{type="delivery.sent",result="told"} 1');
  });

  test("that the carrier refused the number, and that nothing is left to try", async () => {
    const bench = await startNotified();
    await bench.work(bench.deps);
    const sent = await bench.start("+14155550006");
    await bench.until(sent, "failed");
    await expect
      .poll(() => bench.types().toSorted(), within)
      .toEqual(["delivery.failed", "verification.undeliverable"]);
    const failed = bench.target.told.map(open).find(({ type }) => type === "delivery.failed");
    expect(failed?.data.delivery?.error).toBe("invalid_number");
  });

  test("of what nobody left word of, when its code's life is over and not before, however fast a clock is", async () => {
    const bench = await startNotified();
    // As an API that dies between the approval and its event.
    const dying = { ...bench.core, queue: { ...bench.core.queue, notify: () => new Promise<void>(() => undefined) } };
    await bench.work(bench.deps);
    const sent = await bench.start();
    await expect.poll(bench.types, within).toContain("delivery.sent");
    const { notifications } = bench.queues;
    const lookId = `look-${sent.id}`;
    expect(await notifications.getJobState(lookId)).toBe("delayed");
    // A fast clock takes what is put off as if it were due.
    await (await notifications.getJob(lookId))?.promote();
    await expect.poll(async () => (await notifications.getJob(lookId))?.failedReason, within).toBe("taken early");
    await expect.poll(() => notifications.getJobState(lookId), within).toBe("delayed");
    const again = await notifications.getJob(lookId);
    expect(again?.delay).toBeGreaterThan(290_000);
    expect(again?.delay).toBeLessThanOrEqual(310_000);

    await checkVerification(dying, bench.core.application, sent.id, sent.code);
    await endLife(bench.queues, sent.id);
    await expect.poll(bench.types, within).toContain("verification.approved");
  });
});

describe("an application that this worker does not know", () => {
  test("is told once it does, and waiting is none of the tries", async () => {
    const bench = await startNotified();
    let known = false;
    await bench.work({ ...bench.deps, eventsOf: () => (known ? "all" : "unknown") });
    const event = bench.event(await bench.start());
    await bench.core.queues.notify(event);
    const job = () => bench.notification(event);
    await expect.poll(async () => (await job())?.getState(), within).toBe("delayed");
    expect((await job())?.attemptsMade).toBe(0);
    known = true;
    await (await job())?.promote();
    await expect.poll(async () => (await job())?.getState(), within).toBe("completed");
    expect(bench.target.told.filter(({ headers }) => headers["webhook-id"] === eventId(event))).toHaveLength(1);
  });

  test("turns out not to want an event, and is not told of it", async () => {
    const bench = await startNotified();
    await bench.work({ ...bench.deps, eventsOf: () => ["delivery.failed"] });
    const event = bench.event(await bench.start());
    await bench.core.queues.notify(event);
    await expect.poll(async () => (await bench.notification(event))?.getState(), within).toBe("completed");
    expect(bench.target.told).toEqual([]);
    expect(await bench.metrics()).toContain('{type="verification.approved",result="unwanted"} 1');
  });
});

test("an event for which a silent target is not asked waits, and uses up none of its tries", async () => {
  const bench = await startNotified();
  const left = [{ outcome: "wait", ms: 30_000 } as const];
  const poster = createPoster(["127.0.0.1"]);
  onTestFinished(() => poster.close());
  const post: typeof poster.post = async (...args) => left.pop() ?? poster.post(...args);
  await bench.work({ ...bench.deps, poster: { ...poster, post } });
  const event = bench.event(await bench.start());
  await bench.core.queues.notify(event);
  const job = () => bench.notification(event);
  await expect.poll(async () => (await job())?.getState(), within).toBe("delayed");
  const { delay, attemptsMade } = (await job()) ?? {};
  expect({ delay, attemptsMade }).toEqual({ delay: expect.closeTo(30_000, -3), attemptsMade: 0 });
  await (await job())?.promote();
  await expect.poll(async () => (await job())?.getState(), within).toBe("completed");
  expect(bench.target.told.filter(({ headers }) => headers["webhook-id"] === eventId(event))).toHaveLength(1);
});

test("a target at a private address that nobody has allowed is not connected to", async () => {
  const bench = await startNotified();
  const poster = createPoster([]);
  onTestFinished(() => poster.close());
  await bench.work({ ...bench.deps, poster });
  const event = bench.event(await bench.start());
  await bench.core.queues.notify(event);
  await expect
    .poll(async () => (await bench.notification(event))?.failedReason, within)
    .toBe("not told: private address");
  expect(bench.target.connections().made).toBe(0);
});

test("hundreds of events for a target that hangs keep no message from being sent, and no worker counts as stuck", async () => {
  const bench = await startNotified(() => undefined);
  // The watch of the worker, see the fixture, fails this test where it takes the queue for stuck.
  const worker = await bench.work({ ...bench.deps, concurrency: 100 });
  const { id } = await bench.start();
  const many = Array.from({ length: 400 }, () => ({ ...bench.event({ id } as Sent), verificationId: randomUUID() }));
  await Promise.all(many.map((event) => bench.core.queues.notify(event)));
  await expect.poll(() => bench.target.connections().open, within).toBe(100);

  const begun = performance.now();
  const sent = await Promise.all(Array.from({ length: 20 }, () => bench.start()));
  await Promise.all(sent.map((each) => bench.until(each, "completed")));
  const tookMs = performance.now() - begun;
  expect(bench.target.connections().open).toBe(100);
  expect(worker.healthy()).toBe(true);
  // Not one time-out of the target long.
  expect(tookMs).toBeLessThan(6000);
}, 60_000);

test("nothing of it holds a code, a full number, a secret, or the query of the target's address", async () => {
  const bench = await startNotified((response) => void response.writeHead(500).end("no: +14155550123"));
  await bench.work(bench.deps);
  const sent = await bench.start();
  await bench.until(sent, "completed");
  await checkVerification(bench.core, bench.core.application, sent.id, sent.code);
  const event = bench.event(sent);
  await expect.poll(async () => (await bench.notification(event))?.getState(), within).toBe("delayed");
  const { redis } = bench.core;
  const keys = await redis.keys("ww:{notifications}:*");
  const kept = await Promise.all(
    keys.map(async (key) => {
      const type = await redis.type(key);
      if (type === "hash") return JSON.stringify(await redis.hgetall(key));
      return type === "list" ? JSON.stringify(await redis.lrange(key, 0, -1)) : "";
    }),
  );
  const all = [...kept, ...keys, bench.log(), ...bench.target.told.map(({ body }) => body)].join("\n");
  expect(all).toContain(sent.id);
  const forms = [secret.toString("base64"), secret.toString("hex"), sent.to, sent.to.slice(1), `"${sent.code}"`, QUERY];
  for (const form of forms) expect(all).not.toContain(form);
});
