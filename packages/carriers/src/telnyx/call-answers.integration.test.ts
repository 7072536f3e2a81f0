import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { call, callerTo, startServer } from "./answering-server.fixture.ts";

const problem = (code: unknown, pointer?: unknown) =>
  JSON.stringify({ errors: [{ code, title: "Carrier's title", detail: "+14155550123", source: { pointer } }] });

const answering =
  (status: number, body = "{}", headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);

const speech = { text: "1, 2, 3", language: "en-US", voice: "AWS.Polly.Joanna" };
const command = { callId: "v3:abc", commandId: "c1" };

/** The outcomes of both commands, which are the same; each asks the carrier once. */
async function commandOutcome(answer: (response: ServerResponse) => void, timeoutMs = 10_000) {
  const { baseUrl, requests } = await startServer(answer);
  const caller = callerTo(baseUrl, { timeoutMs });
  const spoken = await caller.speak({ ...command, ...speech });
  const hungUp = await caller.hangUp(command);
  expect(hungUp).toEqual(spoken);
  expect(requests).toHaveLength(2);
  return spoken;
}

async function dialOutcome(answer: (response: ServerResponse) => void) {
  const { baseUrl, requests } = await startServer(answer);
  const result = await callerTo(baseUrl).dial(call);
  expect(requests).toHaveLength(1);
  return result;
}

describe("a command whose fate is unknown may go once more, since its id makes that safe", () => {
  test("no answer in time", async () => {
    expect(await commandOutcome(() => undefined, 1000)).toEqual({ outcome: "retry", reason: "timeout" });
  });

  test("a connection that is lost", async () => {
    expect(await commandOutcome((response) => response.socket?.resetAndDestroy())).toEqual({
      outcome: "retry",
      reason: "connection_lost",
    });
  });

  test.each([500, 502, 504, 520])("an error %i of the carrier's own", async (status) => {
    expect(await commandOutcome(answering(status, "<html></html>"))).toEqual({
      outcome: "retry",
      reason: "carrier_error",
      carrierCode: `HTTP_${status}`,
    });
  });

  test.each(["{}", "null", '{"data":null}', '{"data":{}}', '{"data":{"result":7}}', "[]", '"text"', "{", ""])(
    "an answer that says nothing: %j",
    async (body) => {
      expect(await commandOutcome(answering(200, body))).toEqual({ outcome: "retry", reason: "unexpected_answer" });
    },
  );
});

describe("a command that the carrier refuses", () => {
  test.each([
    [422, "90018", { outcome: "over", reason: "call_ended" }],
    [422, "90015", { outcome: "over", reason: "call_not_found" }],
    [404, "10005", { outcome: "over", reason: "call_not_found" }],
    [422, "90034", { outcome: "retry", reason: "call_not_answered", carrierCode: "90034" }],
    [429, "10011", { outcome: "retry", reason: "rate_limited", carrierCode: "10011", pausesQueue: true }],
    [401, "10009", { outcome: "failed", reason: "carrier_credentials", carrierCode: "10009" }],
    [422, "10015", { outcome: "failed", reason: "invalid_request", carrierCode: "10015" }],
    [422, "90054", { outcome: "failed", reason: "invalid_request", carrierCode: "90054" }],
  ])("with %i and %s", async (status, code, expected) => {
    expect(await commandOutcome(answering(status, problem(code)))).toEqual(expected);
  });

  test("for being too many may say when to come back", async () => {
    expect(await commandOutcome(answering(429, problem("10011"), { "retry-after": "7" }))).toMatchObject({
      outcome: "retry",
      retryAfterMs: 7000,
    });
  });

  test("without a body: 404 is for a call that it has forgotten", async () => {
    expect(await commandOutcome(answering(404, ""))).toEqual({ outcome: "over", reason: "call_not_found" });
  });
});

describe("a dial that the carrier refuses", () => {
  test.each([
    [422, "10015", "/connection_id", { outcome: "failed", reason: "carrier_configuration" }],
    [422, "10016", "/from", { outcome: "failed", reason: "invalid_sender" }],
    [422, "10016", "/to", { outcome: "failed", reason: "invalid_number" }],
    [422, "10003", "/webhook_url", { outcome: "failed", reason: "carrier_configuration" }],
    [422, "10015", "/constructor", { outcome: "failed", reason: "invalid_request" }],
    [422, "10015", { to: "x" }, { outcome: "failed", reason: "invalid_request" }],
    [422, "10015", undefined, { outcome: "failed", reason: "invalid_request" }],
    [403, "10010", undefined, { outcome: "failed", reason: "carrier_account" }],
    [404, "10005", undefined, { outcome: "failed", reason: "carrier_configuration" }],
    [429, "10011", undefined, { outcome: "retry", reason: "rate_limited", pausesQueue: true }],
    [429, "10011", "/to", { outcome: "retry", reason: "rate_limited", pausesQueue: true }],
  ])("with %i and %s at %j", async (status, code, pointer, expected) => {
    expect(await dialOutcome(answering(status, problem(code, pointer)))).toEqual({ ...expected, carrierCode: code });
  });

  test.each(["{}", '{"data":{}}', '{"data":{"call_control_id":""}}', '{"data":{"call_control_id":"a b"}}', "{", ""])(
    "or answers with no call's id, %j, is uncertain",
    async (body) => {
      expect(await dialOutcome(answering(200, body))).toEqual({ outcome: "uncertain", reason: "unexpected_answer" });
    },
  );
});
