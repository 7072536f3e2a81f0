import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { carriers } from "@watchword/carriers";
import { createKeyring } from "@watchword/otp-core";
import { randomNumberEndingIn } from "@watchword/otp-core/testing";
import { expect, onTestFinished, test } from "vitest";
import { startBench } from "../testing/worker.fixture.ts";

test("what the carrier refuses for now is sent when it takes it, exactly once; a 429 uses up no attempt", async () => {
  const { work, start, until, texts, delivery, log } = await startBench();
  await work();
  const limited = await start(randomNumberEndingIn("0003"));
  const unavailable = await start(randomNumberEndingIn("0007"));
  for (const sent of [limited, unavailable]) {
    const job = await until(sent, "completed");
    expect(job.returnvalue).toMatchObject({ outcome: "sent" });
    expect(job.attemptsStarted).toBe(3);
    expect(job.attemptsMade).toBe(sent === limited ? 1 : 3);
    expect(await texts(sent.to)).toEqual([expect.stringContaining(sent.code)]);
    expect(await delivery(sent)).toEqual({ verification: "pending", status: "sent", error: null });
  }
  expect(log()).toContain('"reason":"rate_limited"');
  expect(log()).toContain('"reason":"carrier_unavailable"');
});

test("a refusal for now that would outlast the code ends the delivery as failed", async () => {
  const { work, start, until, texts, delivery } = await startBench({ settings: { expirySeconds: 1 } });
  await work();
  const sent = await start(randomNumberEndingIn("0003"));
  const job = await until(sent, "failed");
  expect(job.failedReason).toBe("failed: rate_limited (10011)");
  expect(await texts(sent.to)).toEqual([]);
  expect(await delivery(sent)).toEqual({ verification: "undeliverable", status: "failed", error: "rate_limited" });
});

test("a carrier that cannot be reached is tried again", async () => {
  const { work, start, until, delivery } = await startBench();
  const gone = createServer().listen(0, "127.0.0.1");
  await once(gone, "listening");
  const baseUrl = `http://127.0.0.1:${(gone.address() as AddressInfo).port}/v2`;
  await new Promise((resolve) => gone.close(resolve));
  const options = { apiKey: "key", from: "+14155550100", baseUrl, timeoutMs: 1000, connections: 1 };
  const sender = carriers.telnyx.createSmsSender(options);
  onTestFinished(() => sender.close());
  await work({ sender });
  const sent = await start();
  const job = await until(sent, "delayed");
  expect(job.failedReason).toBe("retry: carrier_unreachable");
  expect(job.delay).toBeLessThanOrEqual(1000);
  expect(await delivery(sent)).toMatchObject({ status: "queued", error: "carrier_unreachable" });
});

test("a code for which a worker has no key waits for one that has it, and is then sent at once", async () => {
  const { work, start, until, promote, texts, delivery } = await startBench();
  const withoutKey = await work({
    keyring: createKeyring([{ kid: "other", key: Buffer.alloc(32, "another secret") }]),
  });
  const sent = await start();
  const job = await until(sent, "delayed");
  expect(job.failedReason).toContain("no key named test");
  expect(await delivery(sent)).toMatchObject({ status: "queued" });
  await withoutKey.close();
  await work();
  await promote(sent);
  await until(sent, "completed");
  expect(await texts(sent.to)).toEqual([expect.stringContaining(sent.code)]);
});

test("what the carrier refuses for good after an uncertain request is not asked again", async () => {
  const { work, start, until, promote, core, delivery } = await startBench();
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    if (requests === 1) request.socket.resetAndDestroy();
    else response.writeHead(400).end(JSON.stringify({ errors: [{ code: "40300" }] }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2`;
  const options = { apiKey: "key", from: "+14155550100", baseUrl, timeoutMs: 1000, connections: 1 };
  const sender = carriers.telnyx.createSmsSender(options);
  onTestFinished(async () => {
    await sender.close();
    server.close();
  });
  await work({ sender });
  const sent = await start();
  await until(sent, "delayed");
  await core.age(sent.id, 10);
  await promote(sent);
  expect((await until(sent, "completed")).returnvalue).toMatchObject({ outcome: "uncertain" });
  expect(requests).toBe(2);
  expect(await delivery(sent)).toMatchObject({ status: "uncertain", error: "opted_out" });
});
