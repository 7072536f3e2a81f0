import { randomBytes, randomUUID } from "node:crypto";
import { eventId, type EventJob } from "@watchword/otp-core";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { secret, startNotified } from "../testing/notified.fixture.ts";

const DEBUG = 20;
const WARN = 40;

const within = { timeout: 15_000, interval: 20 };

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
