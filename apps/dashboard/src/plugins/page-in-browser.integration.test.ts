import { connectForWork, startVerification } from "@watchword/otp-core";
import { queuePrefix } from "@watchword/otp-core/queue";
import { randomNumber } from "@watchword/otp-core/testing";
import { UnrecoverableError, Worker } from "bullmq";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Login } from "../accounts.ts";
import { chromiumArguments, chromiumPath } from "../testing/browser.fixture.ts";
import { password, startTestDashboard, user, viewer } from "../testing/dashboard.fixture.ts";

const { app, core } = await startTestDashboard();

/** A job that fails for good, and what is to be seen of it. */
async function failedDelivery(): Promise<string> {
  const { verification } = await startVerification(core, core.application, { to: randomNumber(), channel: "sms" });
  const id = verification.deliveries[0]?.id ?? "";
  const connection = connectForWork(core.redisUrl);
  const work = async (job: { id?: string | undefined; log(line: string): Promise<number> }) => {
    if (job.id !== id) return;
    await job.log("handed to the carrier");
    throw new UnrecoverableError("carrier_refused");
  };
  const worker = new Worker("sms-telnyx", work, { connection, prefix: queuePrefix("sms-telnyx") });
  await new Promise<void>((resolve) => worker.on("failed", (job) => job?.id === id && resolve()));
  await worker.close();
  connection.disconnect();
  return id;
}

describe.skipIf(chromiumPath === undefined)("in a browser", { timeout: 60_000 }, () => {
  let browser: Browser;
  let origin: string;
  let id: string;
  beforeAll(async () => {
    origin = await app.listen({ host: "127.0.0.1", port: 0 });
    browser = await chromium.launch({ executablePath: chromiumPath ?? "", args: chromiumArguments });
    id = await failedDelivery();
  });
  afterAll(() => browser?.close());

  /** A page of whoever logs in, and what it complains of: errors, and requests to other hosts. */
  async function open({ user: username, password }: Login) {
    const context = await browser.newContext({ httpCredentials: { username, password } });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", ({ message }) => complaints.push(message));
    page.on("request", (request) => {
      if (!request.url().startsWith(`${origin}/`)) complaints.push(`asked for: ${request.url()}`);
    });
    return { page, complaints };
  }

  test.each([
    ["operator", 4],
    ["viewer", 0],
  ] as const)(
    "the %s sees the queues and what became of a job, with %i buttons that change it",
    async (who, buttons) => {
      const { page, complaints } = await open(who === "viewer" ? viewer : { user, password });
      await page.goto(origin);
      await page.getByText("SMS by Telnyx").waitFor();
      await page.goto(`${origin}/queue/sms-telnyx?status=failed`);
      await page.getByText("Messages to send, a job per delivery").waitFor();
      await page.goto(`${origin}/queue/sms-telnyx/${id}?status=failed`);
      for (const text of [id, "SMS", "carrier_refused"]) await page.getByText(text).first().waitFor();
      // Those of the job's card; its tabs and what copies its text change nothing.
      expect(await page.locator("section button:not([role=tab]):not([class*=copy])").count()).toBe(buttons);
      await page.getByRole("tab", { name: "Logs" }).click();
      await page.getByText("handed to the carrier").waitFor();
      expect(complaints).toEqual([]);
    },
  );

  test("an operator who edits a job by hand reads why not", async () => {
    const { page } = await open({ user, password });
    await page.goto(`${origin}/queue/sms-telnyx/${id}?status=failed`);
    await page.locator("section button:not([role=tab])").nth(2).click();
    await page.getByRole("dialog").getByRole("button", { name: "Update" }).click();
    const words = page.getByText("Jobs are made by the API and not by hand.");
    await words.waitFor();
    expect(await words.isVisible()).toBe(true);
  });

  test("an operator is offered no rate limit, and reads why a concurrency is not set here", async () => {
    const { page } = await open({ user, password });
    await page.goto(`${origin}/queue/sms-telnyx?status=failed`);
    await page.locator("button[class*=trigger]").last().click();
    const item = page.getByRole("menuitem", { name: /concurrency/i });
    await item.waitFor();
    expect(await page.getByRole("menuitem", { name: /rate limit/i }).count()).toBe(0);
    await item.click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /save|set|update/i })
      .click();
    await page.getByText("WORKER_CONCURRENCY").waitFor();
  });
});
