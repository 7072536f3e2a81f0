import { afterAll, describe, expect, test } from "vitest";
import type { Core } from "../core.ts";
import { callJobs } from "../queue/jobs.fixture.ts";
import { randomNumber } from "../testing/index.fixture.ts";
import { callOf } from "../testing/calls.fixture.ts";
import {
  claimToSend,
  deliveryOf,
  read,
  sendOut,
  smsThenCall,
  start,
  startedId,
  startTestCore,
} from "../testing/verifications.fixture.ts";
import { applyCallEvent } from "./call.ts";
import { claimDelivery } from "./claim.ts";
import { escalateDelivery } from "./escalate.ts";
import { applyReceipt } from "./receipt.ts";
import { settleDelivery } from "./settle.ts";

/** Two calls one after the other, so that what follows a call can be seen. */
const core = await startTestCore({
  settings: { workflow: [...smsThenCall.workflow, { channel: "call", carrier: "telnyx", patienceSeconds: 30 }] },
});
const jobs = callJobs(core);
afterAll(async () => {
  await jobs.close();
  await core.close();
});

const crash = new Error("Connection is closed.");
/** A worker that dies, or loses Redis, between the record and the queue. */
const dying: Core = { ...core, queue: { ...core.queue, add: () => Promise.reject(crash) } };

type Step = (id: string) => Promise<(worker: Core) => Promise<unknown>>;

/** What leads to a call. It gives what a worker does, which may be done again. */
const steps: Record<string, Step> = {
  async "a refusal"(id) {
    const { ref } = await claimToSend(core, deliveryOf(id));
    return (worker) => settleDelivery(worker, ref, { outcome: "failed", reason: "invalid_number" });
  },
  async "an undelivered receipt"(id) {
    await sendOut(core, deliveryOf(id));
    const receipt = { deliveryId: deliveryOf(id), status: "undelivered", reason: null, carrierId: "m1" } as const;
    return (worker) => applyReceipt(worker, receipt);
  },
  async "an escalation"(id) {
    await sendOut(core, deliveryOf(id));
    return (worker) => escalateDelivery(worker, deliveryOf(id));
  },
};

describe.each(Object.entries(steps))("after %s, a call that was recorded and not enqueued", (_name, prepare) => {
  const recorded = async (to = randomNumber()) => {
    const id = await startedId(core, to);
    const work = await prepare(id);
    await expect(work(dying)).rejects.toBe(crash);
    expect((await read(core, id)).deliveries).toMatchObject([{}, { channel: "call", status: "queued" }]);
    expect(await jobs.find(deliveryOf(id, 2))).toBeUndefined();
    return { id, work };
  };

  test("is enqueued when the job that did so runs again, and recorded once", async () => {
    const { id, work } = await recorded();
    await work(core);
    expect(await jobs.timesWaiting(deliveryOf(id, 2))).toBe(1);
    expect((await read(core, id)).deliveries).toHaveLength(2);
  });

  test("is enqueued when the SMS's own job runs again", async () => {
    const { id } = await recorded();
    expect(await claimDelivery(core, deliveryOf(id))).toMatchObject({ outcome: "done" });
    expect(await jobs.timesWaiting(deliveryOf(id, 2))).toBe(1);
    expect((await read(core, id)).deliveries).toHaveLength(2);
  });

  test("is enqueued when the number asks again", async () => {
    const to = randomNumber();
    const { id } = await recorded(to);
    await start(core, to);
    expect(await jobs.timesWaiting(deliveryOf(id, 2))).toBe(1);
  });
});

test("after a call that came to nothing, a call that was recorded and not enqueued is enqueued by the same event", async () => {
  const { verification } = await start(core, undefined, { channel: "call" });
  const { id } = verification;
  const callId = await sendOut(core, deliveryOf(id));
  const busy = callOf(core, id, { callId }).event("ended", "busy");
  await expect(applyCallEvent(dying, busy)).rejects.toBe(crash);
  expect(await jobs.find(deliveryOf(id, 2))).toBeUndefined();
  expect(await applyCallEvent(core, busy)).toMatchObject({ next: { action: "none" }, changed: false });
  expect(await jobs.timesWaiting(deliveryOf(id, 2))).toBe(1);
  expect((await read(core, id)).deliveries).toHaveLength(2);
});
