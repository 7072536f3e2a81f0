import { randomUUID } from "node:crypto";
import { carriers, type WebhookEvent } from "@watchword/carriers";
import {
  connectForWork,
  type Receipt,
  readVerification,
  type StartInput,
  startVerification,
} from "@watchword/otp-core";
import { createQueues, queueNames } from "@watchword/otp-core/queue";
import { createTestCore, randomNumber, type TestCore, type TestCoreOptions } from "@watchword/otp-core/testing";
import type { Job } from "bullmq";
import { pino } from "pino";
import { expect, onTestFinished } from "vitest";
import { createPoster } from "../notify/post.ts";
import { buildWorker, type RunningWorker, type WorkerDeps } from "../app.ts";
import { type Carrier, type CarrierOptions, startCarrier } from "./carrier.fixture.ts";
import { emptyQueues, type TestQueues } from "./queues.fixture.ts";
import { expectSoon } from "./soon.fixture.ts";
import { receiveWebhooks } from "./webhooks.fixture.ts";

export interface Sent {
  to: string;
  /** Of the verification. */
  id: string;
  deliveryId: string;
  code: string;
}

interface DeliveryRead {
  channel: string;
  status: string;
  error: string | null;
}

export interface BenchOptions extends TestCoreOptions, CarrierOptions {
  /** Whether what the carrier reports is enqueued, as from the API. */
  reports?: boolean;
  /** Keeps an event of the carrier's back. */
  hold?: (event: WebhookEvent) => Promise<void> | void;
}

interface WorkOptions extends Partial<WorkerDeps> {
  redisUrl?: string;
  /** After which the carrier counts as silent: long, so that a slow machine does not make it so. */
  carrierTimeoutMs?: number;
}

export interface Bench extends Omit<Carrier, "baseUrl"> {
  core: TestCore;
  /** The carrier's. */
  baseUrl: string;
  queues: TestQueues;
  /** Starts a worker of its own connection; it closes with the test. */
  work(options?: WorkOptions): Promise<RunningWorker>;
  /** What the API does for a number: a verification and its job. */
  start(to?: string, input?: Partial<StartInput>): Promise<Sent>;
  /** A later delivery of the same verification. */
  nth(sent: Sent, number: number): Sent;
  /** The delivery as the application reads it. */
  delivery(sent: Sent): Promise<{ verification: string; status: string; error: string | null }>;
  /** All deliveries of the verification. */
  deliveries(sent: Sent): Promise<DeliveryRead[]>;
  job(sent: Sent): Promise<Job>;
  /** Waits until the job is in the state. */
  until(sent: Sent, state: "completed" | "failed" | "delayed" | "waiting" | "prioritized"): Promise<Job>;
  /** Runs a delayed job now. */
  promote(sent: Sent): Promise<void>;
  /** What the API does with a carrier's receipt. */
  receipt(sent: Sent, status: Receipt["status"], reason?: string): Promise<void>;
  /** The address under which the carrier reports. */
  publicUrl: string;
  /** Paths to which the carrier posted what became of messages and calls. */
  webhooks: string[];
  /** All that the workers logged, at every level. */
  log(): string;
}

/** SMS, and a call where it is not confirmed: the workflow where voice is set up. */
export const smsThenCall = {
  workflow: [
    { channel: "sms", carrier: "telnyx", patienceSeconds: 30 },
    { channel: "call", carrier: "telnyx", patienceSeconds: 30 },
  ],
} satisfies TestCoreOptions["settings"];

/** A carrier of one test's own that the workers send to, and queues with nothing in them but the test's jobs. */
export async function startBench({ reports = false, hold, ...options }: BenchOptions = {}): Promise<Bench> {
  const core = await createTestCore({ applicationId: `test-${randomUUID()}`, ...options });
  onTestFinished(() => core.close());
  const queues = await emptyQueues(core.redis);
  const carrier = await startCarrier(options);
  const receiver = await receiveWebhooks(reports ? core.queues : undefined, hold);
  const lines: string[] = [];
  const logger = pino({ level: "trace" }, { write: (line: string) => void lines.push(line) });

  /** Empty where a worker has refused the number for good by now: its code is gone then. */
  const codeOf = (id: string) =>
    core.codeOf(id).catch(async (error: unknown) => {
      if ((await readVerification(core, core.application, id)).status === "pending") throw error;
      return "";
    });

  const bench: Bench = {
    ...carrier,
    core,
    queues,
    async work({ redisUrl = core.redisUrl, carrierTimeoutMs = 20_000, ...deps } = {}) {
      const redis = connectForWork(redisUrl);
      redis.on("error", () => undefined);
      const queue = createQueues(redis);
      const telnyx = {
        apiKey: "KEY_of_the_tests",
        from: "+14155550100",
        baseUrl: carrier.baseUrl,
        timeoutMs: carrierTimeoutMs,
        connections: 50,
      };
      const sender = carriers.telnyx.createSmsSender(telnyx);
      const caller = carriers.telnyx.createCaller({ ...telnyx, connectionId: "connection" });
      const worker = buildWorker({
        redis,
        keyring: core.keyring,
        limitedApplication: core.limitedApplication,
        queue,
        sender,
        caller,
        logger,
        poster: createPoster(["127.0.0.1"]),
        webhook: () => undefined,
        eventsOf: () => undefined,
        sayings: () => ({ brand: "Acme" }),
        webhookUrl: receiver.url,
        queues: queueNames,
        concurrency: 20,
        onWedged: (names) => expect.fail(`stuck: ${names.join(", ")}`),
        ...deps,
      });
      onTestFinished(async () => {
        await worker.close();
        await Promise.all([queue.close(), sender.close(), caller.close()]);
        redis.disconnect();
      });
      await worker.ready();
      return worker;
    },
    async start(to = randomNumber(), input = {}) {
      const { verification } = await startVerification(core, core.application, { to, ...input });
      const { id, deliveries } = verification;
      return { to, id, deliveryId: deliveries[0]?.id ?? "", code: await codeOf(id) };
    },
    nth: (sent, number) => ({ ...sent, deliveryId: sent.deliveryId.replace(/_\d+$/, `_${number}`) }),
    async delivery({ id, deliveryId }) {
      const { status: verification, deliveries } = await readVerification(core, core.application, id);
      const found = deliveries.find((delivery) => delivery.id === deliveryId);
      return { verification, status: found?.status ?? "none", error: found?.error ?? null };
    },
    async deliveries({ id }) {
      const { deliveries } = await readVerification(core, core.application, id);
      return deliveries.map(({ channel, status, error }) => ({ channel, status, error }));
    },
    async job({ deliveryId }) {
      const [sms, call] = await Promise.all(
        (["sms-telnyx", "call-telnyx"] as const).map((name) => queues[name].getJob(deliveryId)),
      );
      const job = (sms ?? call) as Job | undefined;
      if (!job) throw new Error(`there is no job ${deliveryId}`);
      return job;
    },
    async until(sent, state) {
      await expectSoon(async () => (await bench.job(sent)).getState()).toBe(state);
      return bench.job(sent);
    },
    async promote(sent) {
      await (await bench.until(sent, "delayed")).promote();
    },
    receipt: ({ deliveryId }, status, reason) =>
      core.queues.addReceipt({ deliveryId, status, reason: reason ?? null, carrierId: randomUUID() }, randomUUID()),
    publicUrl: receiver.origin,
    webhooks: receiver.paths,
    log: () => lines.join(""),
  };
  return bench;
}
