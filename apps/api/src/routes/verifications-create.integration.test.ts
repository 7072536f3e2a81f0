import { randomNumber } from "@watchword/otp-core/testing";
import { describe, expect, test } from "vitest";
import { startTestApi } from "../testing/api.fixture.ts";

const api = await startTestApi();
const { core, post } = api;

interface Body {
  id: string;
  created_at: string;
  expires_at: string;
  resend_at: string;
  metadata: object;
  deliveries: { id: string; status: string }[];
}

const secondsBetween = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 1000;
const rfc3339 = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

describe("POST /v1/verifications", () => {
  test("202 with the verification and where it can be read", async () => {
    const to = randomNumber();
    const answer = await post("/v1/verifications", { to });
    expect(answer.statusCode).toBe(202);
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
    const body = answer.json<Body>();
    expect(body).toEqual({
      id: expect.stringMatching(/^vf_[\w-]{32}$/),
      status: "pending",
      to: `${to.slice(0, 5)}•••${to.slice(-4)}`,
      channel: "sms",
      created_at: rfc3339,
      expires_at: rfc3339,
      attempts_remaining: 3,
      resend_at: rfc3339,
      metadata: {},
      deliveries: [
        {
          id: expect.stringMatching(/^dl_[\w-]{32}_1$/),
          channel: "sms",
          carrier: "telnyx",
          status: "queued",
          error: null,
          created_at: body.created_at,
          updated_at: body.created_at,
          attempts: [],
        },
      ],
    });
    expect(secondsBetween(body.created_at, body.expires_at)).toBe(300);
    expect(secondsBetween(body.created_at, body.resend_at)).toBe(30);
    expect(answer.headers.location).toBe(`/v1/verifications/${body.id}`);
    expect((await api.get(String(answer.headers.location))).json()).toEqual(body);
  });

  test("202 and one job holding nothing but the delivery's id", async () => {
    const left = await api.created(async () => {
      const { deliveryId } = await api.start();
      const { data, name } = await api.job("sms-telnyx", deliveryId);
      expect(JSON.parse(data ?? "")).toEqual({ deliveryId });
      expect(name).toBe("SMS");
    });
    expect(left.filter((name) => name.includes(":dl_"))).toHaveLength(1);
  });

  test("202 however the number is written, and always for the same verification", async () => {
    const to = randomNumber();
    const written = `+1 (${to.slice(2, 5)}) ${to.slice(5, 8)}-${to.slice(8)}`;
    const first = await post("/v1/verifications", { to: written });
    const again = await post("/v1/verifications", { to });
    expect([first.statusCode, again.statusCode]).toEqual([202, 200]);
    expect(again.json<Body>().id).toBe(first.json<Body>().id);
  });

  test("202 with every optional field, and the metadata as it came", async () => {
    const metadata = { user_id: "42", "weird key ☃": "\u0000 \u202e <b>", empty: "" };
    const fields = { channel: "sms", locale: "pt-BR", fallback: "none", client_ip: "2001:db8::1", metadata };
    const answer = await post("/v1/verifications", { to: randomNumber(), ...fields });
    expect(answer.statusCode, answer.body).toBe(202);
    expect(answer.json<Body>().metadata).toEqual(metadata);
    expect((await api.get(String(answer.headers.location))).json<Body>().metadata).toEqual(metadata);
  });

  test("202 with the most metadata that is allowed", async () => {
    const metadata = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`key${index}`, "x".repeat(256)]));
    const answer = await post("/v1/verifications", { to: randomNumber(), metadata });
    expect(answer.statusCode).toBe(202);
    expect(answer.json<Body>().metadata).toEqual(metadata);
  });

  test("200 within the resend gap: the same verification, and nothing is sent", async () => {
    const { to, id } = await api.start();
    const left = await api.created(async () => {
      const again = await post("/v1/verifications", { to });
      expect(again.statusCode).toBe(200);
      expect(again.headers.location).toBe(`/v1/verifications/${id}`);
      expect(again.json<Body>()).toMatchObject({ id, deliveries: [{ status: "queued" }] });
    });
    expect(left).toEqual([]);
  });

  test("202 after the resend gap: the same verification and code, and a second job", async () => {
    const { to, id, code } = await api.start();
    await core.age(id, 31);
    const again = await post("/v1/verifications", { to });
    expect(again.statusCode).toBe(202);
    const { id: sameId, deliveries } = again.json<Body>();
    expect(sameId).toBe(id);
    expect(deliveries).toHaveLength(2);
    expect(await core.codeOf(id)).toBe(code);
    const second = deliveries[1]?.id ?? "";
    expect(JSON.parse((await api.job("sms-telnyx", second))["data"] ?? "")).toEqual({ deliveryId: second });
  });

  test("202 for a new verification once the former is over", async () => {
    const { to, id } = await api.start();
    await post(`/v1/verifications/${id}/cancel`, {});
    const next = await post("/v1/verifications", { to });
    expect(next.statusCode).toBe(202);
    expect(next.json<Body>().id).not.toBe(id);
  });

  test("202 and one SMS, however many start the same number at once", async () => {
    const to = randomNumber();
    const answers = await Promise.all(Array.from({ length: 5 }, () => post("/v1/verifications", { to })));
    expect(answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([200, 200, 200, 200, 202]);
    expect(new Set(answers.map((answer) => answer.json<Body>().id)).size).toBe(1);
  });

  test("two applications verify one number apart", async () => {
    const { to, id } = await api.start();
    const other = await post("/v1/verifications", { to }, { authorization: `Bearer ${api.otherKey}` });
    expect(other.statusCode).toBe(202);
    expect(other.json<Body>().id.slice(3, 19)).not.toBe(id.slice(3, 19));
  });

  test("one field given twice means the last, for one number alone", async () => {
    const [first, last] = [randomNumber(), randomNumber()];
    const answer = await post("/v1/verifications", `{"to":"${first}","to":"${last}"}`);
    expect(answer.statusCode).toBe(202);
    expect(answer.json<{ to: string }>().to).toBe(`${last.slice(0, 5)}•••${last.slice(-4)}`);
    expect((await post("/v1/verifications/check", { to: first, code: "123456" })).statusCode).toBe(404);
  });
});
