import { generateKeyPairSync, randomUUID } from "node:crypto";
import { randomNumber } from "@watchword/otp-core/testing";
import { describe, expect, test } from "vitest";
import { expectProblem, startTestApi } from "../testing/api.fixture.ts";
import { messageEvent, signed } from "../testing/telnyx-webhook.fixture.ts";

const api = await startTestApi();
const { app } = api;
const receive = (deliveryId: string, payload: string | Buffer, headers: Record<string, string>) =>
  app.inject({ method: "POST", url: `/webhooks/telnyx/${deliveryId}`, payload, headers });
const stranger = generateKeyPairSync("ed25519").privateKey;
const nobodys = `dl_${"A".repeat(32)}_1`;
const jobs = (names: string[]) => names.filter((name) => name.includes(":event-"));

describe("POST /webhooks/telnyx/{delivery_id}", () => {
  test("200 and one job holding ids and a status, but no number and no text", async () => {
    const { to, deliveryId } = await api.start();
    const eventId = randomUUID();
    const body = messageEvent(to, { id: eventId });
    expect((await receive(deliveryId, body, signed(body))).statusCode).toBe(200);
    const job = await api.job("receipts", `event-${eventId}`);
    const carrierId = (JSON.parse(body) as { data: { payload: { id: string } } }).data.payload.id;
    expect(JSON.parse(job["data"] ?? "")).toEqual({ deliveryId, status: "delivered", reason: null, carrierId });
    expect(JSON.stringify(job)).not.toContain(to.slice(1));
    expect(JSON.stringify(job)).not.toContain("verification code");
  });

  test("200 and one job for an event that comes twice", async () => {
    const { to, deliveryId } = await api.start();
    const body = messageEvent(to);
    const left = await api.created(async () => {
      for (let i = 0; i < 2; i++) expect((await receive(deliveryId, body, signed(body))).statusCode).toBe(200);
    });
    expect(jobs(left)).toHaveLength(1);
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "application/octet-stream"])(
    "200 for %s: the signature is what counts",
    async (contentType) => {
      const body = messageEvent(randomNumber());
      const left = await api.created(async () => {
        const headers = { ...signed(body), "content-type": contentType };
        expect((await receive(nobodys, body, headers)).statusCode).toBe(200);
      });
      expect(jobs(left)).toHaveLength(1);
    },
  );

  test("200 for a body of no type", async () => {
    const body = messageEvent(randomNumber());
    const { "content-type": _type, ...headers } = signed(body);
    expect((await receive(nobodys, Buffer.from(body), headers)).statusCode).toBe(200);
  });

  test("200 at 64 KiB", async () => {
    const body = messageEvent(randomNumber()).padEnd(64 * 1024, " ");
    expect((await receive(nobodys, body, signed(body))).statusCode).toBe(200);
  });

  test.each<[what: string, deliveryId: string, body: string]>([
    ["an event of another type", nobodys, messageEvent(randomNumber(), { type: "message.received" })],
    ["an event of a type that is a prototype's", nobodys, messageEvent(randomNumber(), { type: "constructor" })],
    ["a status that is not documented", nobodys, messageEvent(randomNumber(), { status: "constructor" })],
    ["a delivery that is none of ours", "dl_1", messageEvent(randomNumber())],
    ["a number in place of a delivery", "+14155550123", messageEvent(randomNumber())],
  ])("200 and no job for %s", async (_what, deliveryId, body) => {
    const left = await api.created(async () => {
      expect((await receive(deliveryId, body, signed(body))).statusCode).toBe(200);
    });
    expect(left).toEqual([]);
  });
});

describe("POST /webhooks/telnyx/{delivery_id}, and no job,", () => {
  const body = messageEvent(randomNumber());
  const good = signed(body);
  const without = (name: string) => Object.fromEntries(Object.entries(good).filter(([header]) => header !== name));
  const longAgo = { "telnyx-timestamp": String(Math.floor(Date.now() / 1000) - 301) };

  test.each<[why: string, payload: string, headers: Record<string, string>]>([
    ["without a signature", body, without("telnyx-signature-ed25519")],
    ["without a timestamp", body, without("telnyx-timestamp")],
    ["with no headers of Telnyx at all", body, { "content-type": "application/json" }],
    ["signed by a stranger", body, signed(body, { by: stranger })],
    ["signed more than five minutes ago", body, signed(body, { age: 301 })],
    ["signed for a time well ahead", body, signed(body, { age: -600 })],
    ["with another timestamp than was signed", body, { ...good, ...longAgo }],
    ["with a timestamp that is none", body, { ...good, "telnyx-timestamp": "now" }],
    ["with a signature that is none", body, { ...good, "telnyx-signature-ed25519": "%%%" }],
    ["with an empty signature", body, { ...good, "telnyx-signature-ed25519": "" }],
    ["changed by a space", `${body} `, good],
    ["without its body", "", good],
    ["that is hostile and unsigned", '{"__proto__":{}}', { "content-type": "application/json" }],
  ])("401 for an event %s", async (_why, payload, headers) => {
    const left = await api.created(async () => {
      const answer = await receive(nobodys, payload, headers);
      expectProblem(answer, 401, "invalid_signature");
    });
    expect(left).toEqual([]);
  });

  test("401 for an API key: it is no signature", async () => {
    const headers = { authorization: `Bearer ${api.key}`, "content-type": "application/json" };
    expect((await receive(nobodys, body, headers)).statusCode).toBe(401);
  });

  test("413 for 64 KiB and one byte, however well signed", async () => {
    const big = body.padEnd(64 * 1024 + 1, " ");
    const left = await api.created(async () => {
      expectProblem(await receive(nobodys, big, signed(big)), 413, "payload_too_large");
    });
    expect(left).toEqual([]);
  });

  test.each([
    ["no JSON", "<xml/>"],
    ["half an object", '{"data":'],
    ["a number", "42"],
    ["null", "null"],
    ["an object without an event", "{}"],
    ["an event without an id", '{"data":{"event_type":"message.sent","payload":{}}}'],
    ["an id with a colon", messageEvent("+14155550123", { id: "a:b" })],
    ["an id of 65 characters", messageEvent("+14155550123", { id: "a".repeat(65) })],
    [
      "a message without an id",
      '{"data":{"id":"1a","event_type":"message.sent","payload":{"to":[{"status":"sent"}]}}}',
    ],
    ["lists where objects should be", '{"data":[],"payload":[]}'],
    ["null where objects should be", '{"data":null}'],
    ["a null payload", '{"data":{"id":"1a","event_type":"message.sent","payload":null}}'],
    ["a null recipient", '{"data":{"id":"1a","event_type":"message.sent","payload":{"id":"1","to":[null]}}}'],
    [
      "a null error",
      '{"data":{"id":"1a","event_type":"message.sent","payload":{"id":"1","to":[{"status":"expired"}],"errors":[null]}}}',
    ],
  ])("never 5xx for a signed body that is %s", async (_what, payload) => {
    const left = await api.created(async () => {
      const answer = await receive(nobodys, payload, signed(payload));
      expect([200, 400]).toContain(answer.statusCode);
    });
    expect(jobs(left).length).toBeLessThanOrEqual(1);
  });

  test("400 for a signed body that is not JSON", async () => {
    const answer = await receive(nobodys, "not JSON", signed("not JSON"));
    expectProblem(answer, 400, "invalid_request");
  });
});
