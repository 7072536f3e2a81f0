import { randomUUID } from "node:crypto";
import { queuePrefix } from "@watchword/otp-core/queue";
import { Queue } from "bullmq";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { login, password, startTestDashboard, user, viewer } from "../testing/dashboard.fixture.ts";

const { app, core } = await startTestDashboard();
const escalations = new Queue("escalations", { connection: core.redis, prefix: queuePrefix("escalations") });
beforeEach(() => escalations.obliterate({ force: true }));
afterAll(() => escalations.close());

const PATIENCE_MS = 30_000;

/** Leaves the next step for when the patience with a delivery is over, as a worker does. */
async function addEscalation(): Promise<string> {
  const deliveryId = `dl_${randomUUID().replaceAll("-", "")}_1`;
  await core.queues.escalate(deliveryId, PATIENCE_MS, Date.now() + PATIENCE_MS);
  return deliveryId;
}

const change = (path: string, who = login(user, password)) =>
  app.inject({
    method: "PUT",
    url: `/api/queues/escalations/${path}`,
    headers: { ...who, "sec-fetch-site": "same-origin" },
  });
/** Where a job is, and the time before which workers put it off. */
const stateOf = async (id: string) => [
  await escalations.getJobState(id),
  ((await escalations.getJob(id))?.data as { dueAt?: number } | undefined)?.dueAt,
];

describe("an escalation that an operator promotes", () => {
  test("has no time any more before which workers put it off; the others keep theirs", async () => {
    const [promoted, other] = [await addEscalation(), await addEscalation()];
    expect((await change(`${promoted}/promote`)).statusCode).toBe(204);
    expect(await stateOf(promoted)).toEqual(["waiting", undefined]);
    expect((await escalations.getJob(promoted))?.data).toEqual({ deliveryId: promoted });
    expect(await stateOf(other)).toEqual(["delayed", expect.any(Number)]);
  });

  test("with all others has none either, nor has any of them, however many there are", async () => {
    const ids = await Promise.all(Array.from({ length: 250 }, addEscalation));
    expect((await change("promote")).statusCode).toBe(200);
    const states = await Promise.all(ids.map(stateOf));
    expect(new Set(states.map(String))).toEqual(new Set(["waiting,"]));
  });
});

test("who may change nothing ends nobody's patience", async () => {
  const id = await addEscalation();
  for (const path of [`${id}/promote`, "promote"])
    expect((await change(path, login(viewer.user, viewer.password))).statusCode).toBe(403);
  expect(await stateOf(id)).toEqual(["delayed", expect.any(Number)]);
});

test("an escalation that is gone is told to be so", async () => {
  expect((await change("dl_gone_1/promote")).statusCode).toBe(404);
});
