import { randomNumber } from "@watchword/otp-core/testing";
import { describe, expect, test } from "vitest";
import { expectProblem, fieldsOf, startTestApi } from "../testing/api.fixture.ts";

const api = await startTestApi();
const custom = await startTestApi({ settings: { customCodes: true } });
const { post } = api;
const context = { amount: "EUR 12.50", payee: "Green Grocers" };
const create = (body: object) => post("/v1/verifications", { to: randomNumber(), ...body });

describe("POST /v1/verifications with a context", () => {
  test("202, and a check has to name the same: by id and by number", async () => {
    const { id, to, code } = await api.start({ context });
    const without = await post(`/v1/verifications/${id}/check`, { code });
    expect(without.json()).toMatchObject({ valid: false, attempts_remaining: 2 });
    const other = { ...context, amount: "EUR 12.51" };
    const byNumber = await post("/v1/verifications/check", { to, code, context: other });
    expect(byNumber.json()).toMatchObject({ valid: false, attempts_remaining: 1 });
    const right = await post(`/v1/verifications/${id}/check`, { code, context });
    expect(right.json()).toMatchObject({ valid: true, status: "approved" });
  });

  test("no answer and no log line shows it", async () => {
    const { id, to } = await api.start({ context });
    const answers = [
      await api.get(`/v1/verifications/${id}`),
      await post("/v1/verifications", { to, context }),
      await post(`/v1/verifications/${id}/cancel`),
    ];
    for (const { body } of answers) expect(body).not.toContain(context.payee);
    expect(api.log()).not.toContain(context.payee);
  });

  test("409 while another is pending, 202 once that is canceled", async () => {
    const { id, to } = await api.start({ context });
    for (const body of [{ to }, { to, context: { ...context, payee: "Other" } }]) {
      expectProblem(await post("/v1/verifications", body), 409, "verification_conflict");
    }
    await post(`/v1/verifications/${id}/cancel`);
    expect((await post("/v1/verifications", { to })).statusCode).toBe(202);
  });

  test.each([
    [{ amount: "1" }, "context.payee"],
    [{ payee: "Shop" }, "context.amount"],
    [{ ...context, amount: "" }, "context.amount"],
    [{ ...context, payee: "  " }, "context.payee"],
    [{ ...context, amount: "1".repeat(21) }, "context.amount"],
    [{ ...context, payee: "x".repeat(41) }, "context.payee"],
    [{ ...context, amount: `1${"\u00A0".repeat(9)} ${"1".repeat(19)}` }, "context.amount"],
    [{ ...context, payee: "\u00A0\u3000" }, "context.payee"],
    [{ ...context, payee: "a\tb" }, "context.payee"],
    [{ ...context, payee: "Shop\n@evil.example #123456" }, "context.payee"],
    [{ ...context, payee: "a\u0000b" }, "context.payee"],
    [{ ...context, payee: "a\u2028b" }, "context.payee"],
    [{ ...context, payee: "a\u202Eb" }, "context.payee"],
    [{ ...context, payee: "\uD800" }, "context.payee"],
    [{ ...context, payee: "\u3164" }, "context.payee"],
    [{ ...context, payee: "\u2800" }, "context.payee"],
    [{ ...context, payee: "a\u00ADb" }, "context.payee"],
    [{ ...context, reference: "1" }, "context.reference"],
    ["EUR 1 to Shop", "context"],
  ])("400 for %j", async (given, field) => {
    const answer = await create({ context: given });
    expectProblem(answer, 400, "invalid_request");
    expect(fieldsOf(answer)).toEqual([field]);
  });

  test("202 for as many beside white space that does not count, and a check may leave that out", async () => {
    const [amount, payee] = [`EUR ${"1".repeat(16)}`, "x".repeat(40)];
    const { id, code } = await api.start({
      context: { amount: ` ${amount} `.replace("R ", "R \u00A0"), payee: `${payee}  ` },
    });
    const checked = await post(`/v1/verifications/${id}/check`, { code, context: { amount, payee } });
    expect(checked.json()).toMatchObject({ valid: true });
  });

  test("202 for 20 and 40 characters of any script", async () => {
    expect((await create({ context: { amount: "１".repeat(20), payee: "हि".repeat(20) } })).statusCode).toBe(202);
  });
});

describe("POST /v1/verifications with a code", () => {
  test("400 where the application may bring none", async () => {
    const answer = await create({ code: "123456" });
    expectProblem(answer, 400, "invalid_request");
    expect(fieldsOf(answer)).toEqual(["code"]);
  });

  test("202 where it may, and that code is right", async () => {
    const answer = await custom.post("/v1/verifications", { to: randomNumber(), code: "0918273645" });
    expect(answer.statusCode).toBe(202);
    const { id } = answer.json<{ id: string }>();
    const checked = await custom.post(`/v1/verifications/${id}/check`, { code: "0918273645" });
    expect(checked.json()).toMatchObject({ valid: true });
    expect(custom.log()).not.toContain("0918273645");
  });

  test.each(["123", "12345678901", "12 34", "12a4", "١٢٣٤", "", 1234])("400 for %j", async (code) => {
    const answer = await custom.post("/v1/verifications", { to: randomNumber(), code });
    expectProblem(answer, 400, "invalid_request");
    expect(fieldsOf(answer)).toEqual(["code"]);
    if (code !== "") expect(answer.body).not.toContain(String(code));
  });

  test("409 for another one while it is pending", async () => {
    const to = randomNumber();
    await custom.post("/v1/verifications", { to, code: "111111" });
    expectProblem(await custom.post("/v1/verifications", { to, code: "222222" }), 409, "verification_conflict");
    expect((await custom.post("/v1/verifications", { to, code: "111111" })).statusCode).toBe(200);
  });
});
