import { afterAll, describe, expect, test } from "vitest";
import { randomNumber } from "../testing/index.fixture.ts";
import { findInRedis } from "../testing/scan.fixture.ts";
import { check, claimToSend, deliveryOf, start, startTestCore, wrong } from "../testing/verifications.fixture.ts";

const core = await startTestCore({ settings: { customCodes: true } });
afterAll(() => core.close());

/** Ten digits, so that nothing else looks like it by chance. */
const code = "0918273645";
const conflict = { code: "verification_conflict" };

describe("a code that the request brings", () => {
  test.each(["0000", code])("%s is the one that is sent, and the one that is right", async (given) => {
    const { id } = (await start(core, randomNumber(), { code: given })).verification;
    expect(await claimToSend(core, deliveryOf(id))).toMatchObject({ code: given });
    expect(await check(core, id, wrong(given))).toMatchObject({ valid: false });
    expect(await check(core, id, given)).toMatchObject({ valid: true });
  });

  test("is refused of an application that may bring none, and nothing is started", async () => {
    const strict = await startTestCore();
    const to = randomNumber();
    const refused = { code: "invalid_request", details: { errors: [{ field: "code" }] } };
    await expect(start(strict, to, { code })).rejects.toMatchObject(refused);
    expect(await start(strict, to)).toMatchObject({ created: true });
    await strict.close();
  });

  test("is nowhere in Redis in the clear", async () => {
    await start(core, randomNumber(), { code });
    expect(await findInRedis(core.redis, [code])).toEqual([]);
  });
});

describe("while a code is pending", () => {
  test("the same one again, or none, is the same verification and the same code", async () => {
    const to = randomNumber();
    const { id } = (await start(core, to, { code })).verification;
    for (const again of [{ code }, {}]) {
      expect(await start(core, to, again)).toMatchObject({ created: false, verification: { id } });
      expect(await core.codeOf(id)).toBe(code);
    }
  });

  test("another one is refused, so that nobody waits for a code that is never sent", async () => {
    const to = randomNumber();
    const { id } = (await start(core, to, { code })).verification;
    await expect(start(core, to, { code: wrong(code) })).rejects.toMatchObject(conflict);
    expect(await check(core, id, code)).toMatchObject({ valid: true });
    expect(await start(core, to, { code: wrong(code) })).toMatchObject({ created: true });
  });

  test("one is refused where ours is pending, and where another payment is", async () => {
    const to = randomNumber();
    await start(core, to);
    await expect(start(core, to, { code })).rejects.toMatchObject(conflict);
    const context = { amount: "EUR 1", payee: "Shop" };
    const bound = randomNumber();
    await start(core, bound, { code, context });
    await expect(start(core, bound, { code })).rejects.toMatchObject(conflict);
    expect(await start(core, bound, { code, context })).toMatchObject({ created: false });
  });
});
