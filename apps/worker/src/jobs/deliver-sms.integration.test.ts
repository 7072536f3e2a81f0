import {
  cancelVerification,
  checkVerification,
  eraseNumber,
  eraseVerification,
  startVerification,
} from "@watchword/otp-core";
import { randomNumber, randomNumberEndingIn, startProxy } from "@watchword/otp-core/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { expectSoon } from "../testing/soon.fixture.ts";
import { startBench } from "../testing/worker.fixture.ts";

describe("an SMS", () => {
  test("arrives once, with the code of its verification and the brand", async () => {
    const { work, start, until, texts, delivery } = await startBench();
    await work();
    const sent = await start();
    const job = await until(sent, "completed");
    expect(await texts(sent.to)).toEqual([`${sent.code} is your Acme verification code. Don't share it.`]);
    expect(job.returnvalue).toEqual({ outcome: "sent", detail: expect.stringMatching(/^[\w-]{36}$/) });
    expect(await delivery(sent)).toEqual({ verification: "pending", status: "sent", error: null });
  });

  test("is reported on under its delivery's own address", async () => {
    const { work, start, webhooks } = await startBench();
    await work();
    const { deliveryId } = await start();
    await expectSoon(() => webhooks).toEqual(Array.from({ length: 2 }, () => `/webhooks/telnyx/${deliveryId}`));
  });

  test.each([
    ["de", "ist Ihr Code für Acme"],
    ["pt-BR", "é o seu código Acme"],
    ["ja-JP", "Acme の認証コード"],
    ["tlh", "is your Acme verification code"],
    ["", "is your Acme verification code"],
  ])("asked for in %s is written so", async (locale, text) => {
    const { work, start, until, texts } = await startBench();
    await work();
    const sent = await start(undefined, { locale });
    await until(sent, "completed");
    expect(await texts(sent.to)).toEqual([expect.stringContaining(text)]);
    expect(await texts(sent.to)).toEqual([expect.stringContaining(sent.code)]);
  });

  test("ends, where a host is set, with the line that binds the code to it", async () => {
    const { work, start, until, texts } = await startBench();
    await work({ sayings: () => ({ brand: "Acme", autofillHost: "login.example.com" }) });
    const sent = await start();
    await until(sent, "completed");
    const [text = ""] = await texts(sent.to);
    expect(text.split("\n").at(-1)).toBe(`@login.example.com #${sent.code}`);
  });

  test.each([
    ["de-CH", (code: string) => `Acme: ${code}`],
    ["fr", (code: string) => `${code} est votre code Acme. Ne le donnez à personne.`],
  ])("asked for in %s has its application's own text where there is one", async (locale, text) => {
    const { work, start, until, texts } = await startBench();
    await work({ sayings: () => ({ brand: "Acme", texts: { de: { sms: "{brand}: {code}" } } }) });
    const sent = await start(undefined, { locale });
    await until(sent, "completed");
    expect(await texts(sent.to)).toEqual([text(sent.code)]);
  });

  test.each([
    ["en", undefined, (code: string) => `${code} approves your payment of € 5 to Shop (Acme). Don't share it.`],
    ["de", { de: { sms_context: "{code}: {amount} an {payee}" } }, (code: string) => `${code}: € 5 an Shop`],
  ])("that approves a payment says which, in %s", async (locale, texts, expected) => {
    const bench = await startBench();
    const { core } = bench;
    await bench.work({ sayings: () => ({ brand: "Acme", texts }) });
    const to = randomNumber();
    const context = { amount: "€ 5", payee: "Shop" };
    const input = { to, channel: "sms", locale, context } as const;
    const { verification } = await startVerification(core, core.application, input);
    const code = await core.codeOf(verification.id);
    await expect.poll(() => bench.texts(to)).toEqual([expected(code)]);
    expect(bench.log()).not.toContain("Shop");
  });

  test("takes the receipts that come for it", async () => {
    const { work, start, until, delivery, receipt } = await startBench();
    await work();
    const sent = await start();
    await until(sent, "completed");
    await receipt(sent, "delivered");
    await expectSoon(() => delivery(sent)).toEqual({ verification: "pending", status: "delivered", error: null });
    await receipt(sent, "sent");
    const other = await start();
    await receipt(other, "undelivered", "landline");
    await expectSoon(() => delivery(other)).toEqual({
      verification: "undeliverable",
      status: "undelivered",
      error: "landline",
    });
    expect((await delivery(sent)).status).toBe("delivered");
  });
});

describe("nothing is sent", () => {
  test("for a verification that was canceled, approved or expired before its job ran", async () => {
    const { core, work, start, until, texts, delivery } = await startBench();
    const canceled = await start();
    await cancelVerification(core, core.application, canceled.id);
    const approved = await start();
    await checkVerification(core, core.application, approved.id, approved.code);
    const expired = await start();
    await core.age(expired.id, 300);
    await work();
    for (const [status, sent] of Object.entries({ canceled, approved, expired })) {
      const job = await until(sent, "completed");
      expect(job.returnvalue).toEqual({ outcome: "skipped", detail: status });
      expect(await delivery(sent)).toEqual({ verification: status, status: "skipped", error: status });
      expect(await texts(sent.to)).toEqual([]);
    }
  });

  test("for one that was canceled while the worker waited for its claim", async () => {
    const bench = await startBench();
    const proxy = await startProxy(bench.core.redisUrl);
    onTestFinished(() => proxy.close());
    const sent = await bench.start();
    proxy.holdRepliesAt(`${sent.id.slice("vf_".length, -16)}}:v:`);
    await bench.work({ redisUrl: proxy.url, queues: ["sms-telnyx"], claimHoldsMs: 1 });
    await expectSoon(async () => (await bench.delivery(sent)).status).toBe("sending");
    await cancelVerification(bench.core, bench.core.application, sent.id);
    await proxy.restore();
    const job = await bench.until(sent, "completed");
    expect(job.returnvalue).toEqual({ outcome: "skipped", detail: "canceled" });
    expect(await bench.texts(sent.to)).toEqual([]);
    expect(bench.requests).toEqual([]);
  });

  test("for a verification that was erased before its job ran, by its id or by its number", async () => {
    const { core, work, start, until, texts, log } = await startBench();
    const [byId, byNumber] = [await start(), await start()];
    await eraseVerification(core, core.application, byId.id);
    await eraseNumber(core, core.application, byNumber.to, "e164");
    await work();
    for (const sent of [byId, byNumber]) {
      expect((await until(sent, "completed")).returnvalue).toEqual({ outcome: "forgotten" });
      expect(await texts(sent.to)).toEqual([]);
      expect(log()).not.toContain(sent.to.slice(1));
    }
  });

  test("for a verification that was erased while a retry of it waited", async () => {
    const { core, work, until, promote, start, texts } = await startBench();
    await work();
    const sent = await start(randomNumberEndingIn("0012"));
    await until(sent, "delayed");
    await eraseVerification(core, core.application, sent.id);
    await promote(sent);
    expect((await until(sent, "completed")).returnvalue).toEqual({ outcome: "forgotten" });
    expect(await texts(sent.to)).toEqual([]);
  });

  test("for a delivery that has been forgotten, or that never was one", async () => {
    const { core, work, start, until, texts } = await startBench();
    const forgotten = await start();
    await core.redis.del(`ww:{${forgotten.id.slice(3, 19)}}:v:${forgotten.id.slice(19)}`);
    const nobodys = { ...forgotten, deliveryId: "not-an-id" };
    await core.queues.add("sms-telnyx", nobodys.deliveryId);
    await work();
    for (const sent of [forgotten, nobodys]) {
      expect((await until(sent, "completed")).returnvalue).toEqual({ outcome: "forgotten" });
    }
    expect(await texts(forgotten.to)).toEqual([]);
  });
});

test("a number that the carrier refuses for good ends as failed, with a reason that holds no secret", async () => {
  const { work, start, until, texts, delivery } = await startBench({ settings: { codeLength: 10 } });
  await work();
  const sent = await start(randomNumberEndingIn("0006"));
  const job = await until(sent, "failed");
  expect(job.failedReason).toBe("failed: invalid_number (40310)");
  expect(job.attemptsMade).toBe(1);
  expect(JSON.stringify(job.stacktrace)).not.toContain(sent.to.slice(1));
  expect(await texts(sent.to)).toEqual([]);
  expect(await delivery(sent)).toEqual({ verification: "undeliverable", status: "failed", error: "invalid_number" });
});
