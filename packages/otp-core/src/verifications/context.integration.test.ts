import { randomBytes, randomUUID } from "node:crypto";
import { decodeJwt } from "jose";
import { afterAll, describe, expect, test } from "vitest";
import { applyCallEvent } from "../deliveries/call.ts";
import { randomNumber } from "../testing/index.fixture.ts";
import { findInRedis } from "../testing/scan.fixture.ts";
import {
  claimToSend,
  deliveryOf,
  endings,
  read,
  start,
  startedId,
  startTestCore,
  wrong,
} from "../testing/verifications.fixture.ts";
import { cancelVerification } from "./cancel.ts";
import { checkNumber, checkVerification } from "./check.ts";
import { resendVerification } from "./resend.ts";

const core = await startTestCore();
afterAll(() => core.close());

const context = { amount: "EUR 12.50", payee: "Café Łódź" };
const others = [
  undefined,
  { ...context, amount: "EUR 12.51" },
  { ...context, payee: "Café Lódź" },
  { amount: "EUR 12.50C", payee: "afé Łódź" },
  { ...context, amount: "EUR12.50" },
  { amount: context.payee, payee: context.amount },
];
const conflict = { code: "verification_conflict" };

async function startBound(to = randomNumber()) {
  const { id } = (await start(core, to, { context })).verification;
  return { to, id, code: await core.codeOf(id) };
}

const check = (id: string, code: string, given?: { amount: string; payee: string }) =>
  checkVerification(core, core.application, id, code, { context: given });

describe("a code that approves a payment", () => {
  test("is right with that payment alone, by id and by number", async () => {
    const byId = await startBound();
    expect(await check(byId.id, byId.code, context)).toMatchObject({ valid: true, status: "approved" });
    const { to, code } = await startBound();
    expect(await checkNumber(core, core.application, to, code, { context })).toMatchObject({ valid: true });
  });

  test("comes with a token that says which, by id and by number; any other token says of none", async () => {
    const proven = ({ token = "" }: { token?: string }) => decodeJwt(token);
    const approved = { purpose: "payment_approval", context };
    const byId = await startBound();
    expect(proven(await check(byId.id, byId.code, context))).toMatchObject(approved);
    const { to, code } = await startBound();
    expect(proven(await checkNumber(core, core.application, to, code, { context }))).toMatchObject(approved);
    const login = await startedId(core);
    const loggedIn = proven(await check(login, await core.codeOf(login)));
    expect(loggedIn).toMatchObject({ purpose: "phone_verification" });
    expect(loggedIn).not.toHaveProperty("context");
  });

  test("is right however the letters of the payee are composed", async () => {
    const { id, code } = await startBound();
    expect(await check(id, code, { ...context, payee: context.payee.normalize("NFD") })).toMatchObject({ valid: true });
  });

  test.each(others)("is a wrong code with %j, and costs an attempt", async (other) => {
    const { id, code } = await startBound();
    expect(await check(id, code, other)).toMatchObject({ valid: false, status: "pending", attemptsRemaining: 2 });
    expect(await check(id, wrong(code), context)).toMatchObject({ valid: false, attemptsRemaining: 1 });
    expect(await check(id, code, context)).toMatchObject({ valid: true });
  });

  test.each([
    { amount: " EUR 12.50", payee: "Café Łódź " },
    { amount: "EUR\u00A012.50", payee: "Café\u3000Łódź" },
    { amount: "\u2009EUR \u202F 12.50\u00A0", payee: "Café \u2003\u2002 Łódź" },
  ])("is right however its words are set apart, at the start or at the check: %j", async (spaced) => {
    const { id, code } = await startBound();
    expect(await check(id, code, spaced)).toMatchObject({ valid: true });
    const to = randomNumber();
    const started = (await start(core, to, { context: spaced })).verification.id;
    expect((await start(core, to, { context })).verification.id).toBe(started);
    expect(await claimToSend(core, deliveryOf(started))).toMatchObject({ context });
    const { token = "", valid } = await check(started, await core.codeOf(started), context);
    expect(valid).toBe(true);
    expect(decodeJwt(token)).toMatchObject({ context });
  });

  test("is given to whoever sends it, with the payment, also when it is sent again", async () => {
    const { to, id, code } = await startBound();
    expect(await claimToSend(core, deliveryOf(id))).toMatchObject({ phone: to, code, context });
    await core.age(id, 30);
    await resendVerification(core, core.application, id, "sms");
    expect(await claimToSend(core, deliveryOf(id, 2))).toMatchObject({ phone: to, code, context });
  });

  test("is spoken with the payment", async () => {
    const calls = await startTestCore({
      settings: { workflow: [{ channel: "call", carrier: "telnyx", patienceSeconds: 30 }] },
    });
    const { id } = (await start(calls, randomNumber(), { channel: "call", context })).verification;
    const deliveryId = deliveryOf(id);
    await claimToSend(calls, deliveryId);
    const event = { deliveryId, callId: "c1", event: "person", reason: null, eventId: "e1" } as const;
    const progress = await applyCallEvent(calls, event);
    expect(progress?.next).toMatchObject({ action: "speak", code: await calls.codeOf(id), context });
    await calls.close();
  });

  test("and no other one is never right with a payment", async () => {
    const id = await startedId(core);
    const code = await core.codeOf(id);
    expect(await check(id, code, context)).toMatchObject({ valid: false, attemptsRemaining: 2 });
    expect(await claimToSend(core, deliveryOf(id))).not.toHaveProperty("context");
  });

  test("shows its payment to nobody who reads the verification or Redis", async () => {
    const { id } = await startBound();
    const shown = JSON.stringify(await read(core, id));
    for (const part of Object.values(context)) {
      expect(shown).not.toContain(part);
      expect(await findInRedis(core.redis, [part, Buffer.from(part).toString("base64url").slice(0, -2)])).toEqual([]);
    }
  });

  test("is right after a rotation of the keys, and found again", async () => {
    const secret = (kid: string) => ({ kid, key: randomBytes(32) });
    const [older, newer] = [secret("older"), secret("newer")];
    const applicationId = randomUUID();
    const before = await startTestCore({ applicationId, secrets: [older] });
    const after = await startTestCore({ applicationId, secrets: [newer, older] });
    const to = randomNumber();
    const { id } = (await start(before, to, { context })).verification;
    expect((await start(after, to, { context })).verification.id).toBe(id);
    await expect(start(after, to)).rejects.toMatchObject(conflict);
    const code = await before.codeOf(id);
    expect(await checkVerification(after, after.application, id, code, { context })).toMatchObject({ valid: true });
    await Promise.all([before.close(), after.close()]);
  });
});

describe("while one is pending that approves a payment", () => {
  test("asking again for the same payment is the same verification", async () => {
    const { to, id } = await startBound();
    const again = await start(core, to, { context: { ...context } });
    expect(again).toMatchObject({ sending: false, verification: { id } });
    await core.age(id, 30);
    expect(await start(core, to, { context })).toMatchObject({ sending: true, verification: { id } });
  });

  test.each(others)("asking for %j is refused, and changes nothing", async (other) => {
    const { to, id, code } = await startBound();
    await core.age(id, 30);
    await expect(start(core, to, { context: other })).rejects.toMatchObject(conflict);
    expect((await read(core, id)).deliveries).toHaveLength(1);
    expect(await check(id, code, context)).toMatchObject({ valid: true });
  });

  test("another payment begins anew once it is canceled or over", async () => {
    const { to, id } = await startBound();
    await cancelVerification(core, core.application, id);
    const other = { ...context, amount: "EUR 99" };
    const next = await start(core, to, { context: other });
    expect(next).toMatchObject({ created: true });
    await endings.expired(core, next.verification.id);
    expect(await start(core, to)).toMatchObject({ created: true });
  });

  test("and where none does, asking for a payment is refused", async () => {
    const to = randomNumber();
    await start(core, to);
    await expect(start(core, to, { context })).rejects.toMatchObject(conflict);
  });

  test("of requests at the same time for two payments all that are answered mean the same one", async () => {
    const to = randomNumber();
    const payments = [context, { ...context, amount: "EUR 99" }];
    const ends = await Promise.allSettled(
      Array.from({ length: 4 }, (_, i) => start(core, to, { context: payments[i % 2] })),
    );
    const ids = ends.flatMap((end) => (end.status === "fulfilled" ? [end.value.verification.id] : []));
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });
});
