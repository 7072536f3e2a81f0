import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { eventId, type EventJob } from "@watchword/otp-core";
import { queuePrefix } from "@watchword/otp-core/queue";
import { Job, Queue } from "bullmq";
import { Registry } from "prom-client";
import { Webhook } from "standardwebhooks";
import { onTestFinished } from "vitest";
import type { WorkerDeps } from "../app.ts";
import { createWorkerMetrics } from "../metrics.ts";
import { startTarget, type Target, type Told } from "./target.fixture.ts";
import { type Bench, type Sent, startBench } from "./worker.fixture.ts";

export const secret = randomBytes(32);
export const QUERY = "token=of-the-target";

interface Payload {
  type: string;
  timestamp: string;
  data: { verification_id: string; to: string; delivery?: { id: string; error: string | null } };
}

/** As an application reads it: refused unless it is signed. */
export const open = ({ headers, body }: Told) =>
  new Webhook(`whsec_${secret.toString("base64")}`).verify(body, headers as Record<string, string>) as Payload;

export interface Notified extends Bench {
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
export async function startNotified(answer?: (response: ServerResponse, told: Told) => void): Promise<Notified> {
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
