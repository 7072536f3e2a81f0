import { createLocalJWKSet, jwtVerify } from "jose";
import { afterAll, describe, expect, test } from "vitest";
import { check, endings, read, refOf, startedId, startTestCore, wrong } from "../testing/verifications.fixture.ts";
import { checkVerification } from "./check.ts";

const core = await startTestCore();
afterAll(() => core.close());

describe("the right code", () => {
  test("approves, and leaves the attempts as they were", async () => {
    const id = await startedId(core);
    expect(await check(core, id, await core.codeOf(id))).toEqual({
      id,
      status: "approved",
      valid: true,
      attemptsRemaining: 3,
      evaluated: true,
      token: expect.any(String),
    });
    expect(await read(core, id)).toMatchObject({ status: "approved", attemptsRemaining: 3 });
  });

  test("comes with a token for the application that verifies against the published keys", async () => {
    const id = await startedId(core);
    const { token = "" } = await check(core, id, await core.codeOf(id));
    const { payload } = await jwtVerify(token, createLocalJWKSet(core.tokens.jwks), {
      issuer: "https://verify.example.com",
      audience: core.application.id,
    });
    expect(payload).toMatchObject({ sub: refOf(id).tag, jti: id, verification_id: id });
  });

  test.each([
    ["spaces", (code: string) => ` ${code.slice(0, 3)} ${code.slice(3)} `],
    ["dashes", (code: string) => `${code.slice(0, 3)}-${code.slice(3)}`],
  ])("may be typed with %s", async (_separators, typed) => {
    const id = await startedId(core);
    expect(await check(core, id, typed(await core.codeOf(id)))).toMatchObject({ valid: true, status: "approved" });
  });

  test("is accepted at the last attempt", async () => {
    const id = await startedId(core);
    const code = await core.codeOf(id);
    await check(core, id, wrong(code));
    await check(core, id, wrong(code));
    expect(await check(core, id, code)).toMatchObject({ valid: true, status: "approved", attemptsRemaining: 1 });
  });

  test("is refused the second time, without a token", async () => {
    const id = await startedId(core);
    const code = await core.codeOf(id);
    await check(core, id, code);
    expect(await check(core, id, code)).toEqual({
      id,
      status: "approved",
      valid: false,
      attemptsRemaining: 3,
      evaluated: false,
    });
  });

  test.each(["failed", "expired", "canceled", "undeliverable"] as const)("is refused once %s", async (status) => {
    const id = await startedId(core);
    const code = await core.codeOf(id);
    await endings[status](core, id);
    const checked = await check(core, id, code);
    expect(checked).toMatchObject({ status, valid: false });
    expect(checked.token).toBeUndefined();
  });

  test("is refused from the moment on at which it expires, whoever looks first", async () => {
    const id = await startedId(core);
    const code = await core.codeOf(id);
    await core.age(id, 300);
    expect(await check(core, id, code)).toMatchObject({ status: "expired", valid: false });
  });

  test("is accepted shortly before it expires", async () => {
    const id = await startedId(core);
    await core.age(id, 290);
    expect(await check(core, id, await core.codeOf(id))).toMatchObject({ valid: true });
  });
});

describe("a wrong code", () => {
  test("costs an attempt, and the third ends the verification", async () => {
    const id = await startedId(core);
    const code = wrong(await core.codeOf(id));
    const answers = [await check(core, id, code), await check(core, id, code), await check(core, id, code)];
    expect(answers).toEqual([
      { id, status: "pending", valid: false, attemptsRemaining: 2, evaluated: true },
      { id, status: "pending", valid: false, attemptsRemaining: 1, evaluated: true },
      { id, status: "failed", valid: false, attemptsRemaining: 0, evaluated: true },
    ]);
    expect(await read(core, id)).toMatchObject({ status: "failed", attemptsRemaining: 0 });
  });

  test.each(["", "0", "12345678901", "abcdef", "\u0000", "__proto__", "'; DROP", "1".repeat(2 ** 20)])(
    "may be any text, and costs an attempt all the same (%#)",
    async (typed) => {
      const id = await startedId(core);
      expect(await check(core, id, typed)).toMatchObject({ valid: false, attemptsRemaining: 2 });
    },
  );

  test("costs nothing once the verification is over", async () => {
    const id = await startedId(core);
    const code = await core.codeOf(id);
    await check(core, id, code);
    expect(await check(core, id, wrong(code))).toEqual({
      id,
      status: "approved",
      valid: false,
      attemptsRemaining: 3,
      evaluated: false,
    });
  });
});

test.each(["", "vf_", "dl_1", `vf_${"A".repeat(32)}`])("there is no verification %j", async (id) => {
  await expect(check(core, id, "123456")).rejects.toMatchObject({ code: "verification_not_found" });
});

test("another application's verification is not found, and loses no attempt", async () => {
  const id = await startedId(core);
  const other = { ...core.application, id: "another" };
  const code = await core.codeOf(id);
  for (const typed of [code, wrong(code)]) {
    await expect(checkVerification(core, other, id, typed)).rejects.toMatchObject({ code: "verification_not_found" });
  }
  expect(await read(core, id)).toMatchObject({ status: "pending", attemptsRemaining: 3 });
});
