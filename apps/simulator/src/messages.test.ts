import Telnyx from "telnyx";
import { describe, expect, test } from "vitest";
import { failure, firstError, startSimulator } from "./simulator.fixture.ts";

const to = "+14155550123";
const from = "+14155559999";
const text = "Your Acme code is 123456";

describe("an accepted message", () => {
  test("is answered in Telnyx's form and reaches the phone", async () => {
    const { client, phone } = await startSimulator();
    const { data } = await client.messages.send({ to, from, text, webhook_url: "http://127.0.0.1:9/hook" });
    expect(data).toMatchObject({
      record_type: "message",
      direction: "outbound",
      type: "SMS",
      to: [{ phone_number: to, status: "queued", carrier: expect.any(String), line_type: "Wireless" }],
      from: { phone_number: from, carrier: "Telnyx", line_type: "Wireless" },
      text,
      parts: 1,
      encoding: "GSM-7",
      wait_seconds: 0,
      errors: [],
      webhook_url: "http://127.0.0.1:9/hook",
    });
    expect(data?.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(Date.parse(data?.valid_until ?? "")).toBeGreaterThan(Date.now());
    expect(await phone(to)).toEqual({
      messages: [{ id: data?.id, from, to, text, at: data?.received_at }],
      calls: [],
    });
  });

  test("may name a messaging profile in place of a sender", async () => {
    const { client } = await startSimulator();
    const { data } = await client.messages.send({ to, text, messaging_profile_id: "profile" });
    expect(data).toMatchObject({
      messaging_profile_id: "profile",
      from: { phone_number: expect.stringMatching(/^\+1/) },
    });
  });

  test("is answered no sooner than the latency", async () => {
    const { client } = await startSimulator({ latencyMs: 60 });
    const startedAt = performance.now();
    await client.messages.send({ to, from, text });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(58);
  });
});

describe("a refused message", () => {
  test.each([
    ["without a destination", { from, text }, "10004", "/to"],
    ["to something that is no number", { to: "4155550123", from, text }, "40310", "/to"],
    ["to several numbers", { to: [to, to], from, text }, "40310", "/to"],
    ["from an invalid sender", { to, from: "a sender id too long", text }, "40305", "/from"],
    ["without sender and profile", { to, text }, "10004", "/from"],
    ["without text", { to, from }, "10004", "/text"],
    ["with an empty text", { to, from, text: "" }, "10004", "/text"],
  ])("%s is a 400 with its code and pointer", async (_name, body, code, pointer) => {
    const { client, phone } = await startSimulator();
    // Arguments that the SDK's types forbid are the point here.
    const error = await failure(client.messages.send(body as unknown as Telnyx.MessageSendParams));
    expect(firstError(error)).toEqual({ code, pointer });
    expect(error).toBeInstanceOf(Telnyx.BadRequestError);
    expect((await phone(to)).messages).toEqual([]);
  });

  test("of more than ten parts, or with an invalid webhook URL, is a 422", async () => {
    const { client } = await startSimulator();
    const long = await failure(client.messages.send({ to, from, text: "x".repeat(1531) }));
    expect(long).toBeInstanceOf(Telnyx.UnprocessableEntityError);
    expect(firstError(long)).toEqual({ code: "10015", pointer: "/text" });
    const badUrl = await failure(client.messages.send({ to, from, text, webhook_url: "not a url" }));
    expect(badUrl).toBeInstanceOf(Telnyx.UnprocessableEntityError);
    expect(firstError(badUrl)).toEqual({ code: "10003", pointer: "/webhook_url" });
  });

  test("without a key is a 401 whatever else is wrong", async () => {
    const { app, address } = await startSimulator();
    const client = new Telnyx({ apiKey: "", baseURL: `${address}/v2`, maxRetries: 0, logLevel: "off" });
    const error = await failure(client.messages.send({ to: "", text }));
    expect(error).toBeInstanceOf(Telnyx.AuthenticationError);
    expect(firstError(error).code).toBe("10009");
    const { statusCode } = await app.inject({
      method: "POST",
      url: "/v2/messages",
      headers: { authorization: "Bearer " },
    });
    expect(statusCode).toBe(401);
  });

  test("that is no JSON, or asks for an unknown resource, has Telnyx's error body too", async () => {
    const { app } = await startSimulator();
    const headers = { authorization: "Bearer key", "content-type": "application/json" };
    const noJson = await app.inject({ method: "POST", url: "/v2/messages", headers, body: "{" });
    expect([noJson.statusCode, noJson.json().errors[0].code]).toEqual([400, "10015"]);
    const xml = { ...headers, "content-type": "text/xml" };
    const noJsonType = await app.inject({ method: "POST", url: "/v2/messages", headers: xml, body: "<a/>" });
    expect([noJsonType.statusCode, noJsonType.json().errors[0].code]).toEqual([415, "10014"]);
    const unknown = await app.inject({ method: "GET", url: "/v2/nothing", headers });
    expect([unknown.statusCode, unknown.json().errors[0].code]).toEqual([404, "10005"]);
  });
});
