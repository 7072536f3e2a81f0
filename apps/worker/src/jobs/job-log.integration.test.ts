import { randomNumber, randomNumberEndingIn } from "@watchword/otp-core/testing";
import { expect, test } from "vitest";
import { expectSoon } from "../testing/soon.fixture.ts";
import { type Bench, type Sent, smsThenCall, startBench } from "../testing/worker.fixture.ts";

/** One delivery of every fate, by SMS and by call. */
async function everyFate(): Promise<Bench & { all: Sent[] }> {
  let limitedNumber: string | undefined;
  const bench = await startBench({
    reports: true,
    // Ten digits: a code of six is found by chance among the digits of times and ids.
    settings: { ...smsThenCall, codeLength: 10 },
    before: ({ path, body }) =>
      path === "/messages" && body["to"] === limitedNumber ? { status: 429, retryAfter: "60" } : undefined,
  });
  const { start, nth, until, delivery } = bench;
  await bench.work();
  const delivered = await start();
  const refusedThenCalled = await start(randomNumberEndingIn("0006"));
  const lost = await start(randomNumberEndingIn("0001"));
  const uncertain = await start(randomNumberEndingIn("0011"));
  const broken = await start(randomNumberEndingIn("0012"));
  const machine = await start(randomNumberEndingIn("0009"), { channel: "call" });
  const hungUp = await start(randomNumberEndingIn("0014"), { channel: "call" });
  const uncertainCall = await start(randomNumberEndingIn("0011"), { channel: "call" });
  const status = (sent: Sent) => expectSoon(async () => (await delivery(sent)).status);
  await status(delivered).toBe("delivered");
  await status(nth(refusedThenCalled, 2)).toBe("delivered");
  await status(nth(lost, 2)).toBe("delivered");
  await status(machine).toBe("undelivered");
  await status(hungUp).toBe("unconfirmed");
  for (const sent of [uncertain, broken, uncertainCall]) await until(sent, "delayed");
  // Last, since it holds back all that would come after it.
  limitedNumber = randomNumber();
  const limited = await start(limitedNumber);
  await expectSoon(() => delivery(limited)).toMatchObject({ status: "queued", error: "rate_limited" });
  await until(limited, "waiting");
  const all = [delivered, refusedThenCalled, lost, uncertain, broken, machine, hungUp, uncertainCall, limited];
  return { ...bench, all };
}

test("a job's log tells of every attempt and event in ids, reasons and times, and nothing else", async () => {
  const { queues, all, job, nth } = await everyFate();
  const id = "[\\w:-]+";
  const forms = [
    `attempt \\d+: sent in \\d+ ms, ${id}`,
    "attempt \\d+: (retry|uncertain|failed) in \\d+ ms, [a-z_]+( \\((HTTP_)?\\d+\\))?",
    "(ringing|answered|person|machine|spoken|ended \\([a-z_]+\\)): (none|speak|hang_up), (done|over)",
  ];
  const known = new RegExp(`^(${forms.join("|")})$`);
  let lines: string[] = [];
  const jobsWithoutLog = async () => {
    const silent: string[] = [];
    lines = [];
    for (const queue of [queues["sms-telnyx"], queues["call-telnyx"], queues["call-events"]]) {
      for (const { id: jobId = "", progress } of await queue.getJobs()) {
        const { logs } = await queue.getJobLogs(jobId);
        if (logs.length === 0 || progress === 0) silent.push(`${queue.name} ${jobId}`);
        lines.push(...logs);
      }
    }
    return silent;
  };
  await expectSoon(jobsWithoutLog).toEqual([]);
  expect(lines.filter((line) => !known.test(line))).toEqual([]);
  for (const form of forms)
    expect(
      lines.some((line) => new RegExp(`^${form}$`).test(line)),
      form,
    ).toBe(true);
  const [delivered, refused] = all as [Sent, Sent];
  const lastLine = async (sent: Sent) => {
    const { id: jobId = "", queueName } = await job(sent);
    return (await queues[queueName as "sms-telnyx"].getJobLogs(jobId)).logs.at(-1);
  };
  expect(await lastLine(delivered)).toMatch(/^attempt 1: sent in \d+ ms, [\w-]{36}$/);
  expect(await lastLine(refused)).toMatch(/^attempt 1: failed in \d+ ms, invalid_number \(40310\)$/);
  expect(await lastLine(nth(refused, 2))).toMatch(/^attempt 1: sent in \d+ ms, v3:/);
});

test("a delivery that has failed is not sent again by trying its job again, and its job and the log say so", async () => {
  const bench = await startBench();
  await bench.work();
  const sent = await bench.start(randomNumberEndingIn("0006"));
  const job = await bench.until(sent, "failed");
  await job.retry("failed");
  expect((await bench.until(sent, "completed")).returnvalue).toEqual({ outcome: "done", detail: "failed" });
  const line = "nothing sent: the delivery is failed";
  expect((await bench.queues["sms-telnyx"].getJobLogs(sent.deliveryId)).logs.at(-1)).toBe(line);
  expect(bench.log()).toContain(`"delivery_id":"${sent.deliveryId}","msg":"${line}"`);
  expect(bench.requests).toHaveLength(1);
});
