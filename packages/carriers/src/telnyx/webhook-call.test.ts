import { describe, expect, test } from "vitest";
import { WebhookFormatError } from "../carrier.ts";
import { createSigner } from "./webhook-signer.fixture.ts";
import { createTelnyxWebhookReader } from "./webhook.ts";

const signer = createSigner();
const reader = createTelnyxWebhookReader(signer.publicKey);
const eventId = "11111111-2222-4333-8444-555555555555";
const callId = "v3:Zx8TqV1mRk5cYd0hJw2LbN7sGf4PaUe9oKi3tXyQnWzEvB6rHgMDlA";

function read(eventType: string, payload: unknown, id: unknown = eventId) {
  const rawBody = JSON.stringify({ data: { record_type: "event", event_type: eventType, id, payload } });
  return reader.read(rawBody, signer.headers(rawBody), "dl_1");
}
const said = (event: string, reason: string | null = null) => ({
  type: "call",
  eventId,
  event: { deliveryId: "dl_1", callId, event, reason },
});

const hostileValues = [undefined, null, 7, {}, [], "", "constructor", "toString", "__proto__", "hasOwnProperty"];

describe("what Telnyx does not document", () => {
  test.each(hostileValues)("is of no use as the result of detection: %j", async (result) => {
    for (const type of ["call.machine.detection.ended", "call.machine.premium.detection.ended"]) {
      expect(await read(type, { call_control_id: callId, result })).toEqual({ type: "unsupported", eventType: type });
    }
  });

  test.each(hostileValues)("is of no use as the status of a gather: %j", async (status) => {
    expect(await read("call.gather.ended", { call_control_id: callId, digits: "1", status })).toEqual({
      type: "unsupported",
      eventType: "call.gather.ended",
    });
  });

  test.each([...hostileValues, "11", "1#", 1, ["1"]])("is no key 1: %j", async (digits) => {
    expect(await read("call.gather.ended", { call_control_id: callId, digits, status: "valid" })).toEqual(
      said("spoken"),
    );
  });

  test.each(hostileValues)("is the end of a call all the same: %j", async (cause) => {
    expect(await read("call.hangup", { call_control_id: callId, hangup_cause: cause })).toEqual(
      said("ended", "unspecified"),
    );
  });

  test.each([
    "call.bridged",
    "call.recording.saved",
    "call.machine",
    "call.",
    "CALL.HANGUP",
    "constructor",
    "__proto__",
  ])("is of no use as a type: %j", async (eventType) => {
    expect(await read(eventType, { call_control_id: callId })).toEqual({ type: "unsupported", eventType });
  });
});

test.each([
  "v2:T02llQxIyaRkhfRKxgAP8nY511EhFLizdvdUKJiSw8d6A9BborherQ",
  "428c31b6-7af4-4bcb-b7f5-5013ef9657c1",
  `v3:${"a".repeat(100)}`,
])("a call may have the id %s", async (id) => {
  expect(await read("call.answered", { call_control_id: id })).toMatchObject({ event: { callId: id } });
});

const types = ["initiated", "answered", "machine.detection.ended", "gather.ended", "hangup"].map(
  (type) => `call.${type}`,
);

describe.each(types)("a %s without a call that can be named is not of Telnyx's form", (eventType) => {
  test.each([
    undefined,
    null,
    7,
    "",
    "v3:",
    "v3:a:b",
    "x:a",
    "a b",
    "a\n",
    "../a",
    "v3:a/../b",
    "{a}",
    "\u0000",
    "\uff11",
    `v3:${"a".repeat(161)}`,
    "a".repeat(2 ** 20),
    { toString: "a" },
    [callId],
  ])("(%#)", async (id) => {
    await expect(read(eventType, { call_control_id: id })).rejects.toThrow(WebhookFormatError);
  });

  test.each([undefined, null, 7, "text", []])("with the payload %j", async (payload) => {
    await expect(read(eventType, payload)).rejects.toThrow(WebhookFormatError);
  });

  test("or whose own id cannot", async () => {
    await expect(read(eventType, { call_control_id: callId }, callId)).rejects.toThrow(WebhookFormatError);
  });
});
