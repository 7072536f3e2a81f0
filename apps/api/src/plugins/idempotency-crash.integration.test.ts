import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createTestCore, randomNumber, startProxy } from "@watchword/otp-core/testing";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { type Answer, expectProblem, startTestApi } from "../testing/api.fixture.ts";
import { STARTED_WITHIN_MS, startApiProcess } from "../testing/api-process.fixture.ts";
import {
  endLocks,
  expectReplay,
  interruptible,
  newKey,
  timesWaiting,
  wasReplayed,
} from "../testing/idempotency.fixture.ts";

const secret = { kid: "crash", key: randomBytes(32) };
/** Of the same application and with the same secret as a process that is started from its settings. */
const plain = await createTestCore({ applicationId: "default", secrets: [secret] });
const { core, holdNext } = interruptible(plain);
const api = await startTestApi({ core });
const { post } = api;
type Started = { id: string; deliveries: { id: string }[] };
const start = (to: string, key: object) => post("/v1/verifications", { to }, { ...key });

afterEach(() => endLocks(api));

const LOCK_MS = 12_000;

async function expectOneDelivery(id: string): Promise<void> {
  const { deliveries } = (await api.get(`/v1/verifications/${id}`)).json<Started>();
  expect(deliveries).toHaveLength(1);
  expect(await timesWaiting(api, deliveries[0]?.id ?? "")).toBe(1);
}

describe("while a request with a key is not answered", () => {
  test("the same one is 409 with Retry-After, another one 422, and both change nothing", async () => {
    const [key, to, hold] = [newKey(), randomNumber(), holdNext()];
    const first = start(to, key);
    await hold.held;
    const same = await start(to, key);
    expectProblem(same, 409, "idempotency_in_progress");
    expect(same.headers["retry-after"]).toBe("1");
    expectProblem(await start(randomNumber(), key), 422, "idempotency_conflict");
    hold.release();
    expect((await first).statusCode).toBe(202);
    expectReplay(await first, await start(to, key));
  });

  test("its client may go: the answer is there for it when it comes back", async () => {
    const [key, to, hold] = [newKey(), randomNumber(), holdNext()];
    await api.app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = api.app.server.address() as AddressInfo;
    const leaving = new AbortController();
    const first = fetch(`http://127.0.0.1:${port}/v1/verifications`, {
      method: "POST",
      headers: { authorization: `Bearer ${api.key}`, "content-type": "application/json", ...key },
      body: JSON.stringify({ to }),
      signal: leaving.signal,
    });
    await hold.held;
    leaving.abort();
    await expect(first).rejects.toThrow("aborted");
    hold.release();
    await expect.poll(async () => (await start(to, key)).statusCode).toBe(202);
    const again = await start(to, key);
    expect(wasReplayed(again)).toBe(true);
    await expectOneDelivery(again.json<Started>().id);
  });
});

describe("after a crash between the work and its answer", () => {
  test("the lock ends by itself and the retry finds the verification: one of it, one delivery", async () => {
    const [key, to, hold] = [newKey(), randomNumber(), holdNext()];
    const late = start(to, key);
    await hold.held;
    expectProblem(await start(to, key), 409, "idempotency_in_progress");
    const [leftMs = 0] = await endLocks(api);
    expect(leftMs).toBeGreaterThan(LOCK_MS - 5000);
    expect(leftMs).toBeLessThanOrEqual(LOCK_MS);

    const retry = await start(to, key);
    expect([retry.statusCode, wasReplayed(retry)]).toEqual([200, false]);
    hold.release();
    expect((await late).json<Started>().id).toBe(retry.json<Started>().id);
    // The first was not dead, only late: what it says does not take the place of what was answered since.
    expectReplay(retry, await start(to, key));
    await expectOneDelivery(retry.json<Started>().id);
  });

  test("however late the retry of a start or a resend comes, it sends no second message", async () => {
    const to = randomNumber();
    const lost = async (ask: (key: object) => Promise<Answer>) => {
      const [key, hold] = [newKey(), holdNext()];
      const late = ask(key);
      await hold.held;
      await endLocks(api);
      // Without a key it is another request, which sends nothing within the gap.
      const { id } = (await post("/v1/verifications", { to })).json<Started>();
      await plain.age(id, 60);
      const retry = await ask(key);
      expect(wasReplayed(retry)).toBe(false);
      hold.release();
      await late;
      expect(retry.json<Started>().id).toBe(id);
      return { id, status: retry.statusCode, deliveries: retry.json<Started>().deliveries.length };
    };
    const started = await lost((key) => start(to, key));
    expect(started).toMatchObject({ status: 200, deliveries: 1 });
    await expectOneDelivery(started.id);
    const resent = await lost((key) => post(`/v1/verifications/${started.id}/resend`, {}, { ...key }));
    expect(resent).toMatchObject({ status: 202, deliveries: 2 });
    const other = await post(`/v1/verifications/${started.id}/resend`, {}, newKey());
    expect(other.json<Started>().deliveries).toHaveLength(3);
  });

  describe("of a check that was right", () => {
    type Checked = { status: string; valid: boolean; token?: string };
    type Claims = { verification_id?: string; purpose?: string; context?: object };
    const claimsOf = (token = "") =>
      JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Claims;
    const context = { amount: "EUR 12.50", payee: "Green Grocers" };

    /** Has a check be right and its answer lost; gives the request, which can be sent again. */
    async function lostApproval(
      form: (started: { id: string; to: string; code: string }) => [string, object],
      more: object = {},
    ) {
      const started = await api.start(more);
      const [key, hold, [url, body]] = [newKey(), holdNext(), form(started)];
      const late = post(url, body, key);
      await hold.held;
      await endLocks(api);
      onTestFinished(async () => {
        hold.release();
        await late;
      });
      return { ...started, key, again: (headers: object = key, changed = body) => post(url, changed, { ...headers }) };
    }

    test.each<[string, Parameters<typeof lostApproval>[0]]>([
      ["by id", ({ id, code }) => [`/v1/verifications/${id}/check`, { code }]],
      ["by number", ({ to, code }) => ["/v1/verifications/check", { to, code }]],
    ])("%s the retry is told so, with a token of its own, and so is every other one", async (_how, form) => {
      const { id, again } = await lostApproval(form);
      const retry = await again();
      expect(retry.json<Checked>()).toMatchObject({ id, status: "approved", valid: true });
      expect(claimsOf(retry.json<Checked>().token).verification_id).toBe(id);
      expectReplay(retry, await again());
    });

    test.each<[string, Parameters<typeof lostApproval>[0]]>([
      ["by id", ({ id, code }) => [`/v1/verifications/${id}/check`, { code, context }]],
      ["by number", ({ to, code }) => ["/v1/verifications/check", { to, code, context }]],
    ])("%s the token of the retry says which payment was approved", async (_how, form) => {
      const { id, again } = await lostApproval(form, { context });
      const retry = await again();
      expect(claimsOf(retry.json<Checked>().token)).toMatchObject({
        verification_id: id,
        purpose: "payment_approval",
        context,
      });
      expectReplay(retry, await again());
    });

    test("no other request is: not with another key or none, not with another code, not when the code's life is over", async () => {
      const { id, key, code, again } = await lostApproval(({ id, code }) => [
        `/v1/verifications/${id}/check`,
        { code },
      ]);
      const over = { status: "approved", valid: false };
      for (const headers of [newKey(), {}]) expect((await again(headers)).json()).toMatchObject(over);
      expect((await again({}, { code: api.wrong(code) })).json()).toMatchObject(over);
      await plain.age(id, plain.application.settings.expirySeconds);
      const late = (await again(key)).json<Checked>();
      expect(late).toMatchObject(over);
      expect(late.token).toBeUndefined();
    });
  });

  test(
    "by SIGKILL, the retry at another API leads to one verification and one delivery",
    { timeout: 2 * STARTED_WITHIN_MS },
    async () => {
      const [key, to] = [newKey(), randomNumber()];
      // Its scripts are known to Redis, so that the first command of each does its work.
      await start(randomNumber(), newKey());
      const proxy = await startProxy(plain.redisUrl);
      const running = await startApiProcess(proxy.url, secret);
      proxy.holdRepliesAt("}:number");
      const cutOff = fetch(`${running.origin}/v1/verifications`, {
        method: "POST",
        headers: { authorization: running.authorization, "content-type": "application/json", ...key },
        body: JSON.stringify({ to }),
      }).then(
        ({ status }) => status,
        () => "cut off",
      );
      const [tag = ""] = plain.keyring.tags("default", to);
      const recorded = () => plain.redis.exists(`ww:{${tag}}:number`);
      await expect.poll(recorded, { interval: 5, timeout: 5000 }).toBe(1);
      await running.kill();
      expect(await cutOff).toBe("cut off");
      await proxy.close();

      expectProblem(await start(to, key), 409, "idempotency_in_progress");
      expect((await endLocks(api))[0]).toBeLessThanOrEqual(LOCK_MS);
      const retry = await start(to, key);
      expect([retry.statusCode, wasReplayed(retry)]).toEqual([200, false]);
      const nonce = await plain.redis.hget(`ww:{${tag}}:number`, "active");
      expect(retry.json<Started>().id).toBe(`vf_${tag}${nonce}`);
      expect(await plain.redis.keys(`ww:{${tag}}:v:*`)).toHaveLength(1);
      await expectOneDelivery(retry.json<Started>().id);
      expectReplay(retry, await start(to, key));
    },
  );
});
