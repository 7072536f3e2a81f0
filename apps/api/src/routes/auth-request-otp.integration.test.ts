import { randomNumber } from "@watchword/otp-core/testing";
import { describe, expect, test } from "vitest";
import { startTestApi } from "../testing/api.fixture.ts";

const api = await startTestApi();
const { core, post } = api;
const request = (body: object | string) => post("/auth/request-otp", body);

interface Body {
  message: string;
  message_id: string;
  expires_in_seconds: number;
}

describe("POST /auth/request-otp", () => {
  test.each(["phone_number", "phoneNumber"])(
    "202 for %s, and one job holding nothing but the delivery's id",
    async (field) => {
      const left = await api.created(async () => {
        const answer = await request({ [field]: randomNumber() });
        expect(answer.statusCode).toBe(202);
        expect(answer.json()).toEqual({
          message: expect.any(String),
          message_id: expect.stringMatching(/^vf_[\w-]{32}$/),
          expires_in_seconds: 300,
        });
        const { message_id: id } = answer.json<Body>();
        const deliveryId = `${id.replace("vf_", "dl_")}_1`;
        expect(JSON.parse((await api.job("sms-telnyx", deliveryId))["data"] ?? "")).toEqual({ deliveryId });
      });
      expect(left.filter((name) => name.includes(":dl_"))).toHaveLength(1);
    },
  );

  test("202 for the same number in both fields", async () => {
    const phone = randomNumber();
    expect((await request({ phone_number: phone, phoneNumber: phone })).statusCode).toBe(202);
  });

  test("200 within the resend gap: the same message_id, what is left of its life, and nothing is sent", async () => {
    const phone_number = randomNumber();
    const { message_id } = (await request({ phone_number })).json<Body>();
    await core.age(message_id, 20);
    const left = await api.created(async () => {
      const again = await request({ phone_number });
      expect(again.statusCode).toBe(200);
      expect(again.json<Body>().message_id).toBe(message_id);
      expect(again.json<Body>().expires_in_seconds).toBeGreaterThan(270);
      expect(again.json<Body>().expires_in_seconds).toBeLessThanOrEqual(280);
    });
    expect(left).toEqual([]);
  });

  test("202 after the gap, with the same code", async () => {
    const phone_number = randomNumber();
    const { message_id } = (await request({ phone_number })).json<Body>();
    const code = await core.codeOf(message_id);
    await core.age(message_id, 30);
    const again = await request({ phone_number });
    expect(again.statusCode).toBe(202);
    expect(again.json<Body>().message_id).toBe(message_id);
    expect(await core.codeOf(message_id)).toBe(code);
  });

  test("429 {error} with Retry-After for the sixth request of a number in 15 minutes", async () => {
    const phone_number = randomNumber();
    const statuses = [];
    for (let i = 0; i < 5; i++) statuses.push((await request({ phone_number })).statusCode);
    expect(statuses).toEqual([202, 200, 200, 200, 200]);
    const left = await api.created(async () => {
      const sixth = await request({ phone_number });
      expect(sixth.statusCode).toBe(429);
      expect(sixth.json()).toEqual({ error: expect.any(String) });
      const wait = Number(sixth.headers["retry-after"]);
      expect(wait).toBeGreaterThan(890);
      expect(sixth.headers["ratelimit-policy"]).toBe('"number-15m";q=5;w=900');
      expect(sixth.headers["ratelimit"]).toBe(`"number-15m";r=0;t=${wait}`);
    });
    expect(left).toEqual([]);
  });

  test("202 for a verification that the other form reads", async () => {
    const answer = await request({ phone_number: randomNumber() });
    const read = await api.get(`/v1/verifications/${answer.json<Body>().message_id}`);
    expect(read.json()).toMatchObject({ status: "pending", deliveries: [{ status: "queued" }] });
  });

  test.each<[why: string, body: object | string, status: number]>([
    ["no body", "", 400],
    ["no number", {}, 400],
    ["an empty number", { phone_number: "" }, 400],
    ["a number that is null", { phone_number: null }, 400],
    ["a JSON number", { phone_number: 14_155_550_123 }, 400],
    ["a malformed number", { phone_number: "hello" }, 400],
    ["a tel: URI", { phoneNumber: "tel:+14155550123" }, 400],
    ["two numbers", { phone_number: "+14155550123", phoneNumber: "+14155550124" }, 400],
    ["an unknown field", { phone_number: "+14155550123", channel: "sms" }, 400],
    ["a list", ["+14155550123"], 400],
    ["no JSON", "{phone_number", 400],
    ["a prototype", '{"phone_number":"+14155550123","__proto__":{}}', 400],
    ["a premium number", { phone_number: "+19002345678" }, 403],
    ["a body of 1 MB", { phone_number: "+".padEnd(1_000_000, "1") }, 413],
  ])("%s: {error} and nothing is sent", async (_why, body, status) => {
    const left = await api.created(async () => {
      const answer = await request(body);
      expect(answer.statusCode).toBe(status);
      expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
      expect(answer.json()).toEqual({ error: expect.any(String) });
    });
    expect(left).toEqual([]);
  });

  test("415 {error} for a form", async () => {
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await post("/auth/request-otp", "phone_number=%2B14155550123", type);
    expect(answer.statusCode).toBe(415);
    expect(answer.json()).toEqual({ error: expect.any(String) });
  });
});
