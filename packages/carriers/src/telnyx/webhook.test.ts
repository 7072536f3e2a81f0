import { describe, expect, test } from "vitest";
import { WebhookFormatError } from "../carrier.ts";
import { telnyxErrors } from "./errors.ts";
import { createSigner, messageEvent, recipient } from "./webhook-signer.fixture.ts";
import { createTelnyxWebhookReader } from "./webhook.ts";

const signer = createSigner();
const reader = createTelnyxWebhookReader(signer.publicKey);
const read = (rawBody: string) => reader.read(rawBody, signer.headers(rawBody), "dl_1");

const eventId = "11111111-2222-4333-8444-555555555555";
const carrierId = "40319c2a-0000-4000-8000-000000000001";
const receipt = (status: string, reason: string | null = null) => ({
  type: "receipt",
  eventId,
  receipt: { deliveryId: "dl_1", status, reason, carrierId },
});

describe("a message's status", () => {
  test.each([
    ["queued", receipt("sent")],
    ["sending", receipt("sent")],
    ["sent", receipt("sent")],
    ["delivered", receipt("delivered")],
    ["delivery_failed", receipt("undelivered", "not_delivered")],
    ["sending_failed", receipt("undelivered", "not_delivered")],
    ["expired", receipt("undelivered", "not_delivered")],
    ["delivery_unconfirmed", receipt("unconfirmed")],
  ])("%s becomes a receipt of our own words, whatever event it comes in", async (status, expected) => {
    for (const eventType of ["message.sent", "message.finalized"]) {
      expect(await read(messageEvent(recipient(status), { event_type: eventType }))).toEqual(expected);
    }
  });

  test.each([["read"], [""], [undefined], [null], [7], [{}], ["constructor"], ["toString"], ["__proto__"]])(
    "%j is none that Telnyx documents: the event is of no use",
    async (status) => {
      expect(await read(messageEvent(recipient(status)))).toEqual({
        type: "unsupported",
        eventType: "message.finalized",
      });
    },
  );

  test.each([{}, { to: [] }, { to: null }, { to: "delivered" }, { to: [null] }, { to: { status: "delivered" } }])(
    "is missing in %j: the event is of no use",
    async (payload) => {
      expect(await read(messageEvent(payload))).toMatchObject({ type: "unsupported" });
    },
  );
});

describe("the reason of a message that was not delivered", () => {
  const undelivered = (errors: unknown) => read(messageEvent({ ...recipient("delivery_failed"), errors }));

  test.each(Object.entries(telnyxErrors))("%s is what its row says", async (code, { reason }) => {
    expect(await undelivered([{ code, title: "Carrier's title", detail: "+14155550123" }])).toEqual(
      receipt("undelivered", reason),
    );
  });

  test.each([
    [[{ code: "99999" }]],
    [[{ code: "constructor" }]],
    [[{ code: "__proto__" }]],
    [[{ code: { reason: "x" } }]],
    [[null]],
    [[]],
    [null],
    [undefined],
    ["40001"],
  ])("is a general one where the errors are %j", async (errors) => {
    expect(await undelivered(errors)).toEqual(receipt("undelivered", "not_delivered"));
  });

  test("is not taken over for a message that was delivered", async () => {
    const rawBody = messageEvent({ ...recipient("delivered"), errors: [{ code: "40001" }] });
    expect(await read(rawBody)).toEqual(receipt("delivered"));
  });
});

test("neither number nor text of a message is handed on", async () => {
  const event = await read(messageEvent({ ...recipient("delivered"), text: "123456 is your code" }));
  expect(JSON.stringify(event)).not.toMatch(/4155550123|123456/);
});

test.each(["message.received", "call.bridged", "10dlc.campaign.update", "", "__proto__"])(
  "an event of the type %j is of no use, and no error",
  async (eventType) => {
    expect(await read(messageEvent({}, { event_type: eventType }))).toEqual({ type: "unsupported", eventType });
  },
);

describe("signed, but not an event as Telnyx documents it", () => {
  test.each([
    "",
    "not JSON",
    "{",
    "null",
    "7",
    '"text"',
    "true",
    "[]",
    "{}",
    '{"data":null}',
    '{"data":7}',
    '{"data":{}}',
    '{"data":[]}',
  ])("%j", async (rawBody) => {
    await expect(read(rawBody)).rejects.toThrow(WebhookFormatError);
  });

  const hostileIds = [
    undefined,
    null,
    7,
    "",
    "a:b",
    "a b",
    "a\n",
    "../a",
    "{a}",
    "*",
    "\u0000",
    "\uff11",
    "a".repeat(65),
    "a".repeat(2 ** 20),
    { toString: "a" },
    ["a"],
  ];

  test.each(hostileIds)("an event with a hostile id (%#)", async (id) => {
    await expect(read(messageEvent(recipient("delivered"), { id }))).rejects.toThrow(WebhookFormatError);
  });

  test.each(hostileIds)("a message with a hostile id (%#)", async (id) => {
    await expect(read(messageEvent({ ...recipient("delivered"), id }))).rejects.toThrow(WebhookFormatError);
  });

  test.each([undefined, null, 7, {}, ["message.sent"]])("an event of the type %j", async (eventType) => {
    await expect(read(messageEvent(recipient("sent"), { event_type: eventType }))).rejects.toThrow(WebhookFormatError);
  });
});
