import { type Proxy, startProxy } from "@watchword/otp-core/testing";
import { expect, onTestFinished, test } from "vitest";
import { distinctNumbers } from "./testing/numbers.fixture.ts";
import { expectSoon } from "./testing/soon.fixture.ts";
import { type Bench, type Sent, startBench } from "./testing/worker.fixture.ts";

const startMany = ({ start }: Bench, count: number) => Promise.all(distinctNumbers(count).map((to) => start(to)));

async function expectEachOnce({ texts, queues }: Bench, all: Sent[]) {
  const states = async () => {
    const found = await Promise.all(all.map(({ deliveryId }) => queues["sms-telnyx"].getJobState(deliveryId)));
    return [...new Set(found)];
  };
  await expectSoon(states).toEqual(["completed"]);
  for (const sent of all) expect(await texts(sent.to)).toEqual([expect.stringContaining(sent.code)]);
}

test("two workers on one queue send each of 200 messages exactly once", async () => {
  const bench = await startBench();
  const before = await startMany(bench, 100);
  await Promise.all([bench.work(), bench.work()]);
  const during = await startMany(bench, 100);
  await expectEachOnce(bench, [...before, ...during]);
});

test("a delivery that is added twice is sent once", async () => {
  const bench = await startBench();
  const sent = await bench.start();
  await bench.core.queues.add("sms-telnyx", sent.deliveryId);
  await bench.work();
  await bench.until(sent, "completed");
  await bench.core.queues.add("sms-telnyx", sent.deliveryId);
  await expectEachOnce(bench, [sent]);
});

test("what waits while Redis is away is sent when it is back, by the same worker", async () => {
  const bench = await startBench();
  const proxy = await startProxy(bench.core.redisUrl);
  onTestFinished(() => proxy.close());
  const worker = await bench.work({ redisUrl: proxy.url });
  const first = await bench.start();
  await bench.until(first, "completed");
  expect(worker.healthy()).toBe(true);

  await proxy.cut();
  await expectSoon(() => worker.healthy()).toBe(false);
  const waiting = await startMany(bench, 20);
  for (const sent of waiting) expect(await (await bench.job(sent)).getState()).toBe("waiting");
  await proxy.restore();
  await expectEachOnce(bench, waiting);
  expect(worker.healthy()).toBe(true);
  expect(bench.log()).not.toContain('"level":50');
});

test.each<[how: string, begin: (proxy: Proxy) => Promise<void> | void]>([
  ["gone", (proxy) => proxy.cut()],
  ["silent", (proxy) => proxy.hang()],
])("a worker that starts while Redis is %s sends what waits once it is there", async (_how, begin) => {
  const bench = await startBench();
  const proxy = await startProxy(bench.core.redisUrl);
  onTestFinished(() => proxy.close());
  await begin(proxy);
  const starting = bench.work({ redisUrl: proxy.url });
  const waiting = await startMany(bench, 5);
  await proxy.restore();
  await starting;
  await expectEachOnce(bench, waiting);
});

test("a worker that serves some queues leaves the others alone", async () => {
  const bench = await startBench();
  await bench.work({ queues: ["receipts"] });
  const sent = await bench.start();
  await bench.receipt(sent, "delivered");
  await expectSoon(async () => (await bench.delivery(sent)).status).toBe("delivered");
  expect(await (await bench.job(sent)).getState()).toBe("waiting");
  expect(await bench.texts(sent.to)).toEqual([]);
});
