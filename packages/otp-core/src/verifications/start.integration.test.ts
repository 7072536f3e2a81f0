import { afterAll, describe, expect, test } from "vitest";
import { claimDelivery } from "../deliveries/claim.ts";
import { randomNumber } from "../testing/index.fixture.ts";
import { claimToSend, deliveryOf, read, refOf, start, startTestCore } from "../testing/verifications.fixture.ts";
import { verificationPrefix } from "../store/keys.ts";
import { checkVerification } from "./check.ts";
import { readVerification } from "./read.ts";

const core = await startTestCore();
afterAll(() => core.close());

const verificationsOf = (tag: string) => core.redis.keys(`${verificationPrefix(tag)}*`);

describe("the first request for a number", () => {
  test("creates a verification with a delivery that waits to be sent", async () => {
    const to = randomNumber();
    const written = `+1 (415) ${to.slice(5, 8)}-${to.slice(8)}`;
    const { verification, sending, lifeLeftSeconds } = await start(core, written);
    const { createdAt } = verification;
    expect({ sending, lifeLeftSeconds }).toEqual({ sending: true, lifeLeftSeconds: 300 });
    expect(verification).toEqual({
      id: expect.stringMatching(/^vf_[\w-]{32}$/),
      status: "pending",
      to: `+1415•••${to.slice(8)}`,
      channel: "sms",
      metadata: {},
      createdAt,
      expiresAt: new Date(createdAt.getTime() + 300_000),
      resendAt: new Date(createdAt.getTime() + 30_000),
      attemptsRemaining: 3,
      deliveries: [
        {
          id: deliveryOf(verification.id),
          channel: "sms",
          carrier: "telnyx",
          cause: "start",
          status: "queued",
          error: null,
          createdAt,
          updatedAt: createdAt,
          attempts: [],
        },
      ],
    });
  });

  test("answers with what is read back afterwards", async () => {
    const { verification } = await start(core, randomNumber(), { metadata: { user_id: "42", name: "Zoë 王" } });
    expect(await read(core, verification.id)).toEqual(verification);
  });

  test("gives a worker the number, the code and the language", async () => {
    const to = randomNumber();
    const { verification } = await start(core, to, { locale: "pt-BR" });
    const claim = await claimToSend(core, deliveryOf(verification.id));
    expect(claim).toMatchObject({ phone: to, code: expect.stringMatching(/^\d{6}$/), locale: "pt-BR" });
    expect(claim.lifeLeftMs).toBeGreaterThan(290_000);
    expect(claim.lifeLeftMs).toBeLessThanOrEqual(300_000);
  });

  test("leaves nothing in Redis that does not expire by itself", async () => {
    const { verification } = await start(core);
    const { tag } = refOf(verification.id);
    const keys = [...(await verificationsOf(tag)), `ww:{${tag}}:number`];
    expect(keys).toHaveLength(2);
    for (const key of keys) expect(await core.redis.pttl(key)).toBeGreaterThan(0);
  });

  test("refuses a channel that is not set up, and a number that is none, and creates nothing", async () => {
    await expect(start(core, randomNumber(), { channel: "call" })).rejects.toMatchObject({
      code: "invalid_request",
      details: { errors: [{ field: "channel" }] },
    });
    await expect(start(core, "+1415")).rejects.toMatchObject({ code: "invalid_phone_number" });
  });
});

describe("verifications are apart", () => {
  test("from another number's: another id and another code", async () => {
    const [one, two] = await Promise.all([start(core), start(core)]);
    expect(refOf(one.verification.id).tag).not.toBe(refOf(two.verification.id).tag);
    const code = await core.codeOf(one.verification.id);
    const elsewhere = await checkVerification(core, core.application, two.verification.id, code);
    expect(elsewhere.valid).toBe(code === (await core.codeOf(two.verification.id)));
  });

  test("from another application's of the same number", async () => {
    const other = await startTestCore();
    const to = randomNumber();
    const [ours, theirs] = [await start(core, to), await start(other, to)];
    expect([ours.sending, theirs.sending]).toEqual([true, true]);
    expect(refOf(ours.verification.id).tag).not.toBe(refOf(theirs.verification.id).tag);
    await expect(readVerification(core, core.application, theirs.verification.id)).rejects.toMatchObject({
      code: "verification_not_found",
    });
    await other.close();
  });
});

test("50 concurrent requests for one number create one verification with one delivery", async () => {
  const to = randomNumber();
  const results = await Promise.allSettled(Array.from({ length: 50 }, () => start(core, to)));
  const answered = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const refused = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  expect(answered).toHaveLength(5);
  expect(answered.filter(({ sending }) => sending)).toHaveLength(1);
  expect(refused).toHaveLength(45);
  for (const error of refused) expect(error).toMatchObject({ code: "too_many_requests" });

  const [id = "", ...others] = new Set(answered.map(({ verification }) => verification.id));
  expect(others).toEqual([]);
  expect(await verificationsOf(refOf(id).tag)).toHaveLength(1);
  expect((await read(core, id)).deliveries).toHaveLength(1);
  expect(await claimDelivery(core, deliveryOf(id, 2))).toEqual({ outcome: "not_found" });
});
