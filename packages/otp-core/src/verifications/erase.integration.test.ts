import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import { claimDelivery } from "../deliveries/claim.ts";
import { escalateDelivery } from "../deliveries/escalate.ts";
import { applyReceipt } from "../deliveries/receipt.ts";
import { settleDelivery } from "../deliveries/settle.ts";
import { numberKey, verificationPrefix } from "../store/keys.ts";
import { randomNumber } from "../testing/index.fixture.ts";
import {
  check,
  claimToSend,
  deliveryOf,
  endings,
  read,
  refOf,
  start,
  startedId,
  startTestCore,
  terminal,
} from "../testing/verifications.fixture.ts";
import { checkNumber } from "./check.ts";
import { eraseNumber, eraseVerification } from "./erase.ts";
import { resendVerification } from "./resend.ts";

const core = await startTestCore();
afterAll(() => core.close());

const erase = (id: string) => eraseVerification(core, core.application, id);
const eraseAll = (to: string) => eraseNumber(core, core.application, to, "e164");
const notFound = { code: "verification_not_found" };

const earlierKey = (tag: string) => `ww:{${tag}}:earlier`;
/** The keys that are kept under the number's tag. */
const kept = (tag: string) => core.redis.keys(`ww:{${tag}}:*`);

/** Starts one after the other, each canceled and too old for the limits when the next one comes. */
async function startSeveral(to: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const id = await startedId(core, to);
    ids.push(id);
    await endings.canceled(core, id);
    await core.age(id, 86_400);
  }
  return ids;
}

describe("a verification that was erased", () => {
  test.each(["pending", ...terminal] as const)(
    "leaves nothing but the limits of its number, when %s",
    async (status) => {
      const id = await startedId(core);
      if (status !== "pending") await endings[status](core, id);
      await erase(id);
      const { tag } = refOf(id);
      expect(await kept(tag)).toEqual([numberKey(tag)]);
      const limits = status === "failed" ? ["requests", "guard"] : ["requests"];
      expect(Object.keys(await core.redis.hgetall(numberKey(tag)))).toEqual(limits);
    },
  );

  test("is found by nobody any more", async () => {
    const to = randomNumber();
    const id = await startedId(core, to);
    const code = await core.codeOf(id);
    await erase(id);
    await expect(read(core, id)).rejects.toMatchObject(notFound);
    await expect(check(core, id, code)).rejects.toMatchObject(notFound);
    await expect(checkNumber(core, core.application, to, code)).rejects.toMatchObject(notFound);
    await expect(resendVerification(core, core.application, id, "sms")).rejects.toMatchObject(notFound);
    await expect(erase(id)).rejects.toMatchObject(notFound);
  });

  test("is never sent: its waiting deliveries are not found", async () => {
    const id = await startedId(core);
    await erase(id);
    expect(await claimDelivery(core, deliveryOf(id))).toEqual({ outcome: "not_found" });
  });

  test("stays forgotten when it was being sent: what becomes of the request is recorded nowhere", async () => {
    const id = await startedId(core);
    const { ref } = await claimToSend(core, deliveryOf(id));
    await erase(id);
    expect(await settleDelivery(core, ref, { outcome: "sent", carrierId: "m1" })).toBeUndefined();
    const receipt = { deliveryId: deliveryOf(id), status: "delivered", reason: null, carrierId: "m1" } as const;
    expect(await applyReceipt(core, receipt)).toBeUndefined();
    expect(await escalateDelivery(core, deliveryOf(id))).toBeUndefined();
    expect(await claimDelivery(core, deliveryOf(id))).toEqual({ outcome: "not_found" });
    expect(await kept(refOf(id).tag)).toEqual([numberKey(refOf(id).tag)]);
  });

  test("makes room for a new one, and still counts towards the limits", async () => {
    const to = randomNumber();
    const first = await startedId(core, to);
    await erase(first);
    const second = await start(core, to);
    expect(second).toMatchObject({ created: true, sending: true });
    for (let i = 0; i < 3; i += 1) await start(core, to);
    await expect(start(core, to)).rejects.toMatchObject({ code: "too_many_requests" });
  });

  test("is another's for another application: it stays", async () => {
    const id = await startedId(core);
    const other = { ...core.application, id: `other-${randomUUID()}` };
    await expect(eraseVerification(core, other, id)).rejects.toMatchObject(notFound);
    await expect(erase("vf_nonsense")).rejects.toMatchObject(notFound);
    expect(await read(core, id)).toMatchObject({ status: "pending" });
  });

  test("is erased once by all that erase it at the same time", async () => {
    const id = await startedId(core);
    const ends = await Promise.allSettled(Array.from({ length: 5 }, () => erase(id)));
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});

describe("a number that was erased", () => {
  test("leaves nothing of any of its verifications but its limits, however many there were", async () => {
    const to = randomNumber();
    const ids = await startSeveral(to, 12);
    ids.push(await startedId(core, to));
    const { tag } = refOf(ids[0] ?? "");
    expect(await kept(tag)).toHaveLength(16);
    await eraseAll(to);
    expect(await kept(tag)).toEqual([numberKey(tag)]);
    expect(Object.keys(await core.redis.hgetall(numberKey(tag)))).toEqual(["requests"]);
    for (const id of ids) expect(await claimDelivery(core, deliveryOf(id))).toEqual({ outcome: "not_found" });
  });

  test("leaves nothing either where some of them had been erased by their ids", async () => {
    const to = randomNumber();
    const ids = await startSeveral(to, 4);
    const { tag } = refOf(ids[0] ?? "");
    await erase(ids[1] ?? "");
    await erase(ids[3] ?? "");
    await startSeveral(to, 1);
    expect(await kept(tag)).toHaveLength(5);
    await eraseAll(to);
    expect(await kept(tag)).toEqual([numberKey(tag)]);
  });

  test("is answered alike where there was nothing, twice and however it is written", async () => {
    const to = randomNumber();
    await eraseAll(to);
    const id = await startedId(core, to);
    await eraseAll(`${to.slice(0, 2)} (${to.slice(2, 5)}) ${to.slice(5)}`);
    await expect(read(core, id)).rejects.toMatchObject(notFound);
    await eraseAll(to);
    await expect(eraseAll("0155")).rejects.toMatchObject({ code: "invalid_phone_number" });
  });

  test("is erased although codes are not sent to its country any more", async () => {
    const to = randomNumber();
    const id = await startedId(core, to);
    const { settings } = core.application;
    const strict = { ...core.application, settings: { ...settings, allowedCountries: ["FR"], allowUnassigned: false } };
    await eraseNumber(core, strict, to, "e164");
    await expect(read(core, id)).rejects.toMatchObject(notFound);
  });

  test("keeps what another application has of it", async () => {
    const other = await startTestCore();
    const to = randomNumber();
    const [own, others] = [await startedId(core, to), await startedId(other, to)];
    await eraseAll(to);
    await expect(read(core, own)).rejects.toMatchObject(notFound);
    expect(await read(other, others)).toMatchObject({ status: "pending" });
    await other.close();
  });

  test("is erased under the former keys of the ring too", async () => {
    const secret = (kid: string) => ({ kid, key: randomBytes(32) });
    const [older, newer] = [secret("older"), secret("newer")];
    const applicationId = randomUUID();
    const before = await startTestCore({ applicationId, secrets: [older] });
    const after = await startTestCore({ applicationId, secrets: [newer, older] });
    const to = randomNumber();
    const first = await startedId(before, to);
    await endings.canceled(before, first);
    const second = await startedId(after, to);
    expect(refOf(second).tag).not.toBe(refOf(first).tag);
    await eraseNumber(after, after.application, to, "e164");
    for (const id of [first, second]) await expect(read(after, id)).rejects.toMatchObject(notFound);
    await Promise.all([before.close(), after.close()]);
  });
});

describe("what a number remembers of its verifications", () => {
  test("costs nothing while there is one, and 16 bytes for each one before it", async () => {
    const to = randomNumber();
    const [first = ""] = await startSeveral(to, 1);
    const key = earlierKey(refOf(first).tag);
    expect(await core.redis.get(key)).toBeNull();
    await startSeveral(to, 3);
    expect(await core.redis.get(key)).toHaveLength(3 * 16);
  });

  test("goes when they do", async () => {
    const to = randomNumber();
    const ids = await startSeveral(to, 3);
    const { tag } = refOf(ids[0] ?? "");
    // As if their retention were over.
    for (const id of ids.slice(0, 2)) await core.redis.del(verificationPrefix(tag) + refOf(id).nonce);
    await startSeveral(to, 1);
    expect(await core.redis.get(earlierKey(tag))).toBe(refOf(ids[2] ?? "").nonce);
  });

  test("is bounded: past 500 the oldest is forgotten before its time", async () => {
    const to = randomNumber();
    const [first = ""] = await startSeveral(to, 1);
    const { tag, nonce } = refOf(first);
    const nonces = Array.from({ length: 500 }, () => randomBytes(12).toString("base64url"));
    await core.redis.set(earlierKey(tag), nonces.join(""));
    const oldest = verificationPrefix(tag) + nonces.at(-1);
    await core.redis.hset(oldest, "app", core.application.id);
    await core.redis.hset(verificationPrefix(tag) + nonces.at(-2), "app", core.application.id);
    await startedId(core, to);
    expect(await core.redis.get(earlierKey(tag))).toBe([nonce, ...nonces.slice(0, -1)].join(""));
    expect(await core.redis.exists(oldest)).toBe(0);
  });

  test("lives as long as the longest kept of them, although the retention has become shorter", async () => {
    const to = randomNumber();
    const [first = ""] = await startSeveral(to, 1);
    const { tag } = refOf(first);
    await core.redis.pexpire(numberKey(tag), 30 * 86_400_000);
    await startSeveral(to, 1);
    expect(await core.redis.pttl(numberKey(tag))).toBeGreaterThan(29 * 86_400_000);
  });
});
