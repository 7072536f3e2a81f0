import { randomBytes, randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { checkVerification, eventId, type EventJob } from "@watchword/otp-core";
import { queuePrefix } from "@watchword/otp-core/queue";
import { Job, Queue } from "bullmq";
import { Registry } from "prom-client";
import { Webhook } from "standardwebhooks";
import { describe, expect, onTestFinished, test } from "vitest";
import type { WorkerDeps } from "../app.ts";
import { createWorkerMetrics } from "../metrics.ts";
import { createPoster } from "../notify/post.ts";
import { startTarget, type Target, type Told } from "../testing/target.fixture.ts";
import { endLife, results } from "../testing/queues.fixture.ts";
import { type Bench, type Sent, startBench } from "../testing/worker.fixture.ts";

const secret = randomBytes(32);
const DEBUG = 20;
const WARN = 40;
const QUERY = "token=of-the-target";

interface Payload {
  type: string;
  timestamp: string;
  data: { verification_id: string; to: string; delivery?: { id: string; error: string | null } };
}

/** As an application reads it: refused unless it is signed. */
const open = ({ headers, body }: Told) =>
  new Webhook(`whsec_${secret.toString("base64")}`).verify(body, headers as Record<string, string>) as Payload;

interface Notified extends Bench {
  target: Target;
  /** Where the application is told; a test may change it. */
  webhook: { url: string; secrets: readonly Buffer[] };
  deps: Partial<WorkerDeps>;
  types(): string[];
  event(sent: Sent): EventJob;
  notification(event: EventJob): Promise<Job | undefined>;
  metrics(): Promise<string>;
}

/** A worker's surroundings, with an application that has a server of its own. */
async function startNotified(answer?: (response: ServerResponse, told: Told) => void): Promise<Notified> {
  const bench = await startBench();
  bench.core.application.events = "all";
  const target = await startTarget(answer);
  const queue = new Queue("notifications", { connection: bench.core.redis, prefix: queuePrefix("notifications") });
  await queue.drain(true);
  onTestFinished(() => queue.close());
  const registry = new Registry();
  const webhook = { url: `${target.url}?${QUERY}`, secrets: [secret] };
  const ours = (applicationId: string) => applicationId === bench.core.application.id;
  return {
    ...bench,
    target,
    webhook,
    deps: {
      eventsOf: (applicationId) => (ours(applicationId) ? "all" : undefined),
      webhook: (applicationId) => (ours(applicationId) ? webhook : undefined),
      metrics: createWorkerMetrics(registry),
    },
    types: () => target.told.map((told) => open(told).type),
    event: ({ id }) => ({
      type: "verification.approved",
      applicationId: bench.core.application.id,
      verificationId: id,
      to: "+1415•••0123",
      occurredAt: new Date().toISOString(),
    }),
    notification: (event) => Job.fromId(queue, eventId(event)),
    metrics: () => registry.metrics(),
  };
}

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

describe("a target that", () => {
  test("fails is told the same under the same id the next time, signed by then by both secrets", async () => {
    let failing = true;
    const bench = await startNotified((response) => void response.writeHead(failing ? 500 : 200).end());
    await bench.work(bench.deps);
    const sent = await bench.start();
    const event = bench.event(sent);
    await bench.core.queues.notify(event);
    await expect.poll(async () => (await bench.notification(event))?.getState(), within).toBe("delayed");
    expect((await bench.notification(event))?.failedReason).toBe("not told: HTTP 500");
    const newer = randomBytes(32);
    bench.webhook.secrets = [newer, secret];
    failing = false;
    await (await bench.notification(event))?.promote();
    await expect.poll(async () => (await bench.notification(event))?.getState(), within).toBe("completed");
    const told = bench.target.told.filter(({ headers }) => headers["webhook-id"] === eventId(event));
    expect(told.map(({ body }) => body)).toEqual([told[0]?.body, told[0]?.body]);
    const headers = told[1]?.headers as Record<string, string>;
    for (const key of [newer, secret]) new Webhook(key.toString("base64")).verify(told[1]?.body ?? "", headers);
    expect(() =>
      new Webhook(newer.toString("base64")).verify(told[0]?.body ?? "", told[0]?.headers as never),
    ).toThrow();
  });

  test("fails eight times is given up, with a line in the log", async () => {
    const bench = await startNotified((response) => void response.writeHead(404).end());
    await bench.work(bench.deps);
    const sent = await bench.start();
    const event = bench.event(sent);
    await bench.core.queues.notify(event);
    for (let attempt = 1; attempt < 8; attempt += 1) {
      await expect
        .poll(async () => {
          const job = await bench.notification(event);
          return [await job?.getState(), job?.attemptsMade];
        }, within)
        .toEqual(["delayed", attempt]);
      await (await bench.notification(event))?.promote();
    }
    await expect.poll(async () => (await bench.notification(event))?.getState(), within).toBe("failed");
    expect(bench.target.told.filter(({ headers }) => headers["webhook-id"] === eventId(event))).toHaveLength(8);
    expect(bench.log()).toContain("application never told: given up");
    expect(await bench.metrics()).toContain('{type="verification.approved",result="given_up"} 1');
  });

  test("is gone is asked no more until its address is another one, which the log says", async () => {
    const bench = await startNotified(
      (response, { path }) => void response.writeHead(path.includes("v2") ? 200 : 410).end(),
    );
    await bench.work(bench.deps);
    const [one, two, three] = [await bench.start(), await bench.start(), await bench.start()].map(bench.event);
    if (!one || !two || !three) throw new Error("there are three");
    const count = (event: EventJob) =>
      bench.target.told.filter(({ headers }) => headers["webhook-id"] === eventId(event)).length;
    await bench.core.queues.notify(one);
    await expect.poll(async () => (await bench.notification(one))?.getState(), within).toMatch(/failed|completed/);
    const asked = () => bench.target.told.length;
    await expect.poll(bench.log, within).toContain("the webhook is switched off");
    await bench.core.queues.notify(two);
    await expect.poll(async () => (await bench.notification(two))?.getState(), within).toBe("completed");
    expect(count(two)).toBe(0);
    expect(bench.log()).toContain("the webhook is disabled since its target was gone (410)");
    bench.webhook.url = `${bench.webhook.url}&v2`;
    await bench.core.queues.notify(three);
    await expect.poll(() => count(three), within).toBe(1);
    expect(asked()).toBeGreaterThan(1);
  });

  test("is gone is warned of once, by application and until when, however many events are not told of it", async () => {
    const bench = await startNotified((response) => void response.writeHead(410).end());
    await bench.work(bench.deps);
    const sent = await bench.start();
    const events = Array.from({ length: 20 }, () => ({ ...bench.event(sent), verificationId: randomUUID() }));
    const begun = Date.now();
    await Promise.all(events.map((event) => bench.core.queues.notify(event)));
    for (const event of events)
      await expect.poll(async () => (await bench.notification(event))?.getState(), within).toMatch(/failed|completed/);

    const lines = bench
      .log()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { level: number; msg: string; application?: string; until?: string });
    const about = lines.filter(({ msg }) => msg.includes("410"));
    const [warning, ...others] = about.filter(({ level }) => level > DEBUG);
    expect(others).toEqual([]);
    expect(warning).toMatchObject({ level: WARN, application: bench.core.application.id });
    expect(warning?.msg).toContain("change webhook.url (?v=2 is enough), then SIGHUP");
    const days = (Date.parse(warning?.until ?? "") - begun) / 86_400_000;
    expect(days).toBeGreaterThanOrEqual(30);
    expect(days).toBeLessThan(30.01);
    expect(about.length).toBeGreaterThan(20);
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
