import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cancelVerification, readVerification } from "@watchword/otp-core";
import { expect, onTestFinished, test } from "vitest";
import { expectSoon } from "./testing/soon.fixture.ts";
import { startTarget } from "./testing/target.fixture.ts";
import { startBench } from "./testing/worker.fixture.ts";
import { runWorker } from "./testing/worker-process.fixture.ts";

/** To start a process on a slow machine. */
const START_MS = 60_000;

/** A worker as a process, over a file of applications that a test may change. */
async function startWithFile() {
  const key = randomBytes(32);
  const bench = await startBench({ secrets: [{ kid: "own", key }] });
  const { id } = bench.core.application;
  bench.core.application.events = "all";
  const target = await startTarget();
  const folder = mkdtempSync(join(tmpdir(), "watchword-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "applications.json");
  const application = (of: string, brand: string) => ({
    id: of,
    brand,
    api_key_hashes: [`sha256:${createHash("sha256").update(of).digest("hex")}`],
    webhook: { url: target.url, secrets: [`whsec_${randomBytes(32).toString("base64")}`] },
  });
  const declare = (...applications: object[]) => writeFileSync(file, JSON.stringify({ applications }));
  const [other, ours] = [application("other", "Other"), application(id, "Elsewhere")];
  declare(other);
  return {
    ...bench,
    declareAll: () => declare(other, ours),
    types: () => target.told.map(({ body }) => (JSON.parse(body) as { type: string }).type),
    run: () =>
      runWorker({
        REDIS_URL: bench.core.redisUrl,
        WATCHWORD_SECRETS: `own:${key.toString("base64")}`,
        TELNYX_BASE_URL: bench.baseUrl,
        PUBLIC_URL: bench.publicUrl,
        APPLICATIONS_FILE: file,
        WEBHOOK_ALLOWED_HOSTS: "127.0.0.1",
        BRAND: "Wrong name",
      }),
  };
}

test(
  "a message of an application that a worker has not read waits until it has, and so do its events",
  async () => {
    const bench = await startWithFile();
    const worker = bench.run();
    const [sent, canceled] = [await bench.start(), await bench.start()];
    await expectSoon(() => worker.log(), START_MS).toContain("unknown application");
    await bench.until(sent, "delayed");
    await cancelVerification(bench.core, bench.core.application, canceled.id);
    await expectSoon(async () => bench.queues.notifications.getJobCountByTypes("delayed")).toBe(1);
    expect(bench.requests).toEqual([]);
    expect(await bench.delivery(sent)).toEqual({
      verification: "pending",
      status: "queued",
      error: "application_unknown",
    });
    const { deliveries } = await readVerification(bench.core, bench.core.application, sent.id);
    expect(deliveries[0]?.attempts[0]).toMatchObject({ outcome: "retry", reason: "application_unknown" });
    const warnings = worker
      .log()
      .split("\n")
      .filter((line) => line.includes('"level":40'));
    expect(warnings.filter((line) => line.includes("unknown application"))).toHaveLength(1);

    bench.declareAll();
    worker.kill("SIGHUP");
    await expectSoon(() => bench.texts(sent.to)).toEqual([expect.stringContaining("Elsewhere")]);
    await expectSoon(() => bench.types().toSorted()).toEqual(["delivery.sent", "verification.canceled"]);
    expect(bench.requests).toHaveLength(1);
  },
  2 * START_MS,
);

test(
  "a message of an application that is declared no more is never sent, and ends with its code",
  async () => {
    const bench = await startWithFile();
    const worker = bench.run();
    const sent = await bench.start();
    await expectSoon(() => worker.log(), START_MS).toContain("unknown application");
    await bench.until(sent, "delayed");
    await bench.core.age(sent.id, bench.core.application.settings.expirySeconds);
    await bench.promote(sent);
    expect((await bench.until(sent, "completed")).returnvalue).toEqual({ outcome: "skipped", detail: "expired" });
    expect(await bench.delivery(sent)).toEqual({ verification: "expired", status: "skipped", error: "expired" });
    expect(bench.requests).toEqual([]);
    expect(await bench.queues.escalations.getJobCountByTypes("waiting", "delayed")).toBe(0);
  },
  2 * START_MS,
);
