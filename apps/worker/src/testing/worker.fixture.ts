import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { carriers } from "@watchword/carriers";
import { connectForWork, type Receipt, readVerification, startVerification } from "@watchword/otp-core";
import { queueNames, queuePrefix } from "@watchword/otp-core/queue";
import { createTestCore, randomNumber, type TestCore, type TestCoreOptions } from "@watchword/otp-core/testing";
import { buildSimulator } from "@watchword/simulator";
import { type Job, Queue } from "bullmq";
import { pino } from "pino";
import { expect, onTestFinished } from "vitest";
import { createPoster } from "../notify/post.ts";
import { buildWorker, type RunningWorker, type WorkerDeps } from "../app.ts";

/** The queue of the deliveries in these tests. */
const SMS = "sms-telnyx";

export interface Sent {
  to: string;
  /** Of the verification. */
  id: string;
  deliveryId: string;
  code: string;
}

export interface Bench {
  core: TestCore;
  /** Starts a worker of its own connection; it closes with the test. */
  work(deps?: Partial<WorkerDeps> & { redisUrl?: string }): Promise<RunningWorker>;
  /** What the API does for a number: a verification and its job. */
  start(to?: string, locale?: string): Promise<Sent>;
  /** The texts on a phone, oldest first. */
  texts(number: string): Promise<string[]>;
  /** The delivery as the application reads it. */
  delivery(sent: Sent): Promise<{ verification: string; status: string; error: string | null }>;
  job(sent: Sent): Promise<Job>;
  /** Waits until the job is in the state. */
  until(sent: Sent, state: "completed" | "failed" | "delayed"): Promise<Job>;
  /** Runs a delayed job now. */
  promote(sent: Sent): Promise<void>;
  /** What the API does with a carrier's receipt. */
  receipt(sent: Sent, status: Receipt["status"], reason?: string): Promise<void>;
  /** What the jobs of the receipts ended with, newest first. */
  receiptResults(): Promise<unknown[]>;
  /** Addresses to which the carrier posted its receipts. */
  webhooks: string[];
  /** All that the workers logged, at every level. */
  log(): string;
}

/** A queue of one test's own jobs, and a carrier of its own that the workers send to. */
export async function startBench({
  latencyMs = 0,
  ...options
}: TestCoreOptions & { latencyMs?: number } = {}): Promise<Bench> {
  const core = await createTestCore({ applicationId: `test-${randomUUID()}`, ...options });
  const simulator = buildSimulator({ latencyMs });
  const baseUrl = `${await simulator.listen({ host: "127.0.0.1", port: 0 })}/v2`;
  const webhooks: string[] = [];
  const receiver = createServer((request, response) => {
    webhooks.push(request.url ?? "");
    request.resume().on("end", () => response.end());
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  const [queue, receipts] = [SMS, "receipts"].map(
    (name) => new Queue(name, { connection: core.redis, prefix: queuePrefix(name) }),
  ) as [Queue, Queue];
  // Jobs that earlier tests left in this database of the test process are nobody's any more.
  for (const each of [queue, receipts]) await each.drain(true);
  const receiptsBefore = await receipts.getCompletedCount();
  const lines: string[] = [];
  const logger = pino({ level: "trace" }, { write: (line: string) => void lines.push(line) });

  onTestFinished(async () => {
    await queue.close();
    await receipts.close();
    await core.close();
    await simulator.close();
    receiver.closeAllConnections();
    receiver.close();
  });

  const bench: Bench = {
    core,
    async work({ redisUrl = core.redisUrl, ...deps } = {}) {
      const redis = connectForWork(redisUrl);
      redis.on("error", () => undefined);
      const sender = carriers.telnyx.createSmsSender({
        apiKey: "KEY_of_the_tests",
        from: "+14155550100",
        baseUrl,
        timeoutMs: 5000,
        connections: 50,
      });
      const worker = buildWorker({
        redis,
        keyring: core.keyring,
        queue: core.queues,
        sender,
        logger,
        poster: createPoster(["127.0.0.1"]),
        webhook: () => undefined,
        eventsOf: () => undefined,
        sayings: () => ({ brand: "Acme" }),
        webhookUrl: (deliveryId) => `${receiverUrl}/webhooks/telnyx/${deliveryId}`,
        queues: queueNames,
        concurrency: 20,
        onWedged: (queues) => expect.fail(`stuck: ${queues.join(", ")}`),
        ...deps,
      });
      await worker.ready();
      onTestFinished(async () => {
        await worker.close();
        await sender.close();
        redis.disconnect();
      });
      return worker;
    },
    async start(to = randomNumber(), locale = "en") {
      const { verification } = await startVerification(core, core.application, { to, channel: "sms", locale });
      const { id, deliveries } = verification;
      return { to, id, deliveryId: deliveries[0]?.id ?? "", code: await core.codeOf(id) };
    },
    async texts(number) {
      const answer = await simulator.inject(`/phones/${encodeURIComponent(number)}`);
      return answer.json<{ messages: { text: string }[] }>().messages.map(({ text }) => text);
    },
    async delivery({ id, deliveryId }) {
      const { status: verification, deliveries } = await readVerification(core, core.application, id);
      const found = deliveries.find((delivery) => delivery.id === deliveryId);
      return { verification, status: found?.status ?? "none", error: found?.error ?? null };
    },
    async job({ deliveryId }) {
      const job = (await queue.getJob(deliveryId)) as Job | undefined;
      if (!job) throw new Error(`there is no job ${deliveryId}`);
      return job;
    },
    async until(sent, state) {
      await expect.poll(async () => (await bench.job(sent)).getState(), { timeout: 15_000, interval: 20 }).toBe(state);
      return bench.job(sent);
    },
    async promote(sent) {
      await (await bench.until(sent, "delayed")).promote();
    },
    receipt: ({ deliveryId }, status, reason) =>
      core.queues.addReceipt({ deliveryId, status, reason: reason ?? null, carrierId: randomUUID() }, randomUUID()),
    async receiptResults() {
      const count = (await receipts.getCompletedCount()) - receiptsBefore;
      return count > 0 ? (await receipts.getCompleted(0, count - 1)).map((job) => job.returnvalue as unknown) : [];
    },
    webhooks,
    log: () => lines.join(""),
  };
  return bench;
}
