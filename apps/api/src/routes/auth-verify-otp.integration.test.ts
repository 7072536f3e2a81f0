import { randomNumber } from "@watchword/otp-core/testing";
import { describe, expect, test } from "vitest";
import { startTestApi } from "../testing/api.fixture.ts";

const api = await startTestApi();
const { core, post, wrong } = api;
const verify = (phone_number: string, otp: string) => post("/auth/verify-otp", { phone_number, otp });

async function requested() {
  const phone = randomNumber();
  const answer = await post("/auth/request-otp", { phone_number: phone });
  const id = answer.json<{ message_id: string }>().message_id;
  return { phone, id, code: await core.codeOf(id) };
}

describe("POST /auth/verify-otp", () => {
  test("200 and a session token for the right code", async () => {
    const { phone, id, code } = await requested();
    const answer = await verify(phone, code);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      message: expect.any(String),
      authenticated: true,
      session_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    });
    expect((await api.get(`/v1/verifications/${id}`)).json()).toMatchObject({ status: "approved" });
  });

  test("200 for phoneNumber, a code with a space, and a verification that the other form began", async () => {
    const { to, code } = await api.start();
    const answer = await post("/auth/verify-otp", { phoneNumber: to, otp: `${code.slice(0, 3)} ${code.slice(3)}` });
    expect(answer.statusCode).toBe(200);
  });

  test("401, told alike for a wrong, used, expired, exhausted and canceled code and an unknown number", async () => {
    const answers = [];
    const first = await requested();
    answers.push(await verify(first.phone, wrong(first.code)));
    answers.push(await verify(first.phone, "not a code"));

    const used = await requested();
    await verify(used.phone, used.code);
    answers.push(await verify(used.phone, used.code));

    const expired = await requested();
    await core.age(expired.id, 300);
    answers.push(await verify(expired.phone, expired.code));

    const exhausted = await requested();
    for (let i = 0; i < 3; i++) await verify(exhausted.phone, wrong(exhausted.code));
    answers.push(await verify(exhausted.phone, exhausted.code));

    const canceled = await requested();
    await post(`/v1/verifications/${canceled.id}/cancel`, {});
    answers.push(await verify(canceled.phone, canceled.code));
    answers.push(await verify(randomNumber(), "123456"));

    for (const { statusCode, body, headers } of answers) {
      expect(statusCode).toBe(401);
      expect(JSON.parse(body)).toEqual({ message: expect.any(String), authenticated: false });
      expect(body).toBe(answers[0]?.body);
      expect({ ...headers, date: "" }).toEqual({ ...answers[0]?.headers, date: "" });
    }
  });

  test.each(["abc", "12345a", "123", "12345678901", "١٢٣٤٥٦", "12.34", "+1234", " ", "-"])(
    "401 for %j, which cannot be a code, at no cost, and told as a wrong code is, whatever there is of the number",
    async (otp) => {
      const { phone, id, code } = await requested();
      const wrongCode = await verify(randomNumber(), "123456");
      const expectSame = (answer: typeof wrongCode) => {
        expect([answer.statusCode, answer.body]).toEqual([401, wrongCode.body]);
        expect({ ...answer.headers, date: "" }).toEqual({ ...wrongCode.headers, date: "" });
      };
      for (let i = 0; i < 12; i += 1) expectSame(await verify(phone, otp));
      expectSame(await verify(randomNumber(), otp));
      expect((await api.get(`/v1/verifications/${id}`)).json()).toMatchObject({
        status: "pending",
        attempts_remaining: 3,
      });
      expect((await verify(phone, code)).statusCode).toBe(200);
      expectSame(await verify(phone, otp));
    },
  );

  test("400 for a malformed number, though what comes with it cannot be a code", async () => {
    expect((await verify("hello", "abc")).statusCode).toBe(400);
  });

  test("200 once under 50 concurrent checks of the right code", async () => {
    const { phone, code } = await requested();
    const answers = await Promise.all(Array.from({ length: 50 }, () => verify(phone, code)));
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
    expect(answers.filter(({ statusCode }) => statusCode === 401)).toHaveLength(49);
  });

  test("the right code within the attempts, after wrong ones", async () => {
    const { phone, code } = await requested();
    await verify(phone, wrong(code));
    await verify(phone, wrong(code));
    expect((await verify(phone, code)).statusCode).toBe(200);
  });

  test.each<[why: string, body: object | string, status: number]>([
    ["no body", "", 400],
    ["no fields", {}, 400],
    ["no number", { otp: "123456" }, 400],
    ["no code", { phone_number: "+14155550123" }, 400],
    ["an empty code", { phone_number: "+14155550123", otp: "" }, 400],
    ["a code that is a JSON number", { phone_number: "+14155550123", otp: 123_456 }, 400],
    ["a code of 65 characters", { phone_number: "+14155550123", otp: "1".repeat(65) }, 400],
    ["a malformed number", { phone_number: "hello", otp: "123456" }, 400],
    ["two numbers", { phone_number: "+14155550123", phoneNumber: "+14155550124", otp: "123456" }, 400],
    ["an unknown field", { phone_number: "+14155550123", otp: "123456", code: "1" }, 400],
    ["no JSON", "phone_number", 400],
    ["a constructor's prototype", '{"phone_number":"+1","otp":"1","constructor":{"prototype":{}}}', 400],
    ["a body of 1 MB", { phone_number: "+14155550123", otp: "1".repeat(1_000_000) }, 413],
  ])("%s: {error}", async (_why, body, status) => {
    const answer = await post("/auth/verify-otp", body);
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual({ error: expect.any(String) });
  });
});
