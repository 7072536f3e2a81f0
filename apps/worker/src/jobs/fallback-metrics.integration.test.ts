import { createMetrics } from "@watchword/process/metrics";
import { randomNumberEndingIn } from "@watchword/otp-core/testing";
import { reportDecisions } from "@watchword/process";
import { pino } from "pino";
import { expect, test } from "vitest";
import { createWorkerMetrics } from "../metrics.ts";
import { endPatience } from "../testing/queues.fixture.ts";
import { expectSoon } from "../testing/soon.fixture.ts";
import { type BenchOptions, smsThenCall, startBench } from "../testing/worker.fixture.ts";

const [sms, call] = smsThenCall.workflow;
const REFUSED = "0006";
const NOBODY_ANSWERS = "0013";

async function startMeasured(settings: Required<BenchOptions>["settings"]) {
  const bench = await startBench({ reports: true, settings });
  const registry = createMetrics("worker");
  const metrics = createWorkerMetrics(registry);
  await bench.work({ metrics, ...reportDecisions(pino({ level: "silent" }), metrics.decided) });
  const value = async (line: string) =>
    (await registry.metrics())
      .split("\n")
      .find((each) => each.startsWith(line))
      ?.split(" ")[1];
  const help = (name: string): unknown => registry.getSingleMetric(name);
  return { bench, value, help };
}

test("a call that a limit is against is not made: the job says why, it is counted, and the verification ends", async () => {
  const { bench, value } = await startMeasured({
    ...smsThenCall,
    guard: "enforce",
    budget: { perDay: 1, prices: { "*": { sms: 0.1, call: 1 } } },
  });
  const sent = await bench.start(randomNumberEndingIn(REFUSED));
  await expectSoon(() => bench.deliveries(sent)).toEqual([
    { channel: "sms", status: "failed", error: "invalid_number" },
    { channel: "call", status: "failed", error: "limited:budget" },
  ]);
  expect(await bench.delivery(sent)).toMatchObject({ verification: "undeliverable" });
  const job = await bench.until(bench.nth(sent, 2), "completed");
  expect(job.returnvalue).toEqual({ outcome: "skipped", detail: "limited:budget" });
  expect(bench.requests.filter(({ path }) => path === "/calls")).toEqual([]);
  expect(await value('watchword_limit_decisions_total{policy="budget",mode="enforce"')).toBe("1");
  expect(await value('watchword_verifications_finished_total{status="undeliverable"}')).toBe("1");
});

test("escalations are counted by the channel that they are from: after a call too, in time and at once", async () => {
  const { bench, value } = await startMeasured({ workflow: [sms, call].toReversed().flatMap((step) => step ?? []) });
  const patient = await bench.start(undefined, { channel: "call" });
  await expectSoon(() => bench.queues.escalations.getJobState(patient.deliveryId)).toBe("delayed");
  const busy = await bench.start(randomNumberEndingIn(NOBODY_ANSWERS), { channel: "call" });
  await expectSoon(async () => (await bench.deliveries(busy)).map(({ channel }) => channel)).toEqual(["call", "sms"]);
  await expectSoon(() => value('watchword_escalations_total{from="call",to="sms"}')).toBe("1");
  const silent = await bench.start(randomNumberEndingIn("0004"), { channel: "call" });
  await endPatience(bench.queues, silent.deliveryId);
  await expectSoon(() => value('watchword_escalations_total{from="call",to="sms"}')).toBe("2");
  expect(await value('watchword_escalations_total{from="sms"')).toBe("0");
});

test("an escalation from one SMS to the next is counted, too, as the metric says of itself", async () => {
  const { bench, value, help } = await startMeasured({ workflow: [sms, sms].flatMap((step) => step ?? []) });
  const sent = await bench.start(randomNumberEndingIn(REFUSED));
  await expectSoon(async () => (await bench.deliveries(sent)).map(({ channel }) => channel)).toEqual(["sms", "sms"]);
  await expectSoon(() => value('watchword_escalations_total{from="sms",to="sms"}')).toBe("1");
  expect(help("watchword_escalations_total")).toMatchObject({ help: expect.stringContaining("may be the same") });
});

test("a call that still waits is no escalation of the SMS that fail after it", async () => {
  const { bench, value } = await startMeasured({ ...smsThenCall, resendGapSeconds: 0 });
  await bench.queues["call-telnyx"].pause();
  const to = randomNumberEndingIn(REFUSED);
  const sent = await bench.start(to);
  await bench.until(sent, "failed");
  await bench.start(to, { channel: "sms" });
  await bench.until(bench.nth(sent, 3), "failed");
  expect((await bench.deliveries(sent)).map(({ channel, status }) => [channel, status])).toEqual([
    ["sms", "failed"],
    ["call", "queued"],
    ["sms", "failed"],
  ]);
  expect(await value('watchword_escalations_total{from="sms",to="call"}')).toBe("1");
});
