import { readdirSync, readFileSync } from "node:fs";
import type { CallEvent, Receipt } from "@watchword/otp-core";
import { describe, expect, test } from "vitest";
import type { WebhookEvent } from "../carrier.ts";
import { createSigner } from "./webhook-signer.fixture.ts";
import { createTelnyxWebhookReader } from "./webhook.ts";

const folder = new URL("webhook-samples/", import.meta.url);
const signer = createSigner();
const reader = createTelnyxWebhookReader(signer.publicKey);

type Read = Omit<Receipt, "deliveryId" | "carrierId"> | Pick<CallEvent, "event" | "reason"> | "of no use";

const person: Read = { event: "person", reason: null };
const machine: Read = { event: "machine", reason: null };
const spoken: Read = { event: "spoken", reason: null };
const ended = (reason: string): Read => ({ event: "ended", reason });

/** A webhook of every type that Telnyx documents for messages and calls of this kind, and what it says. */
const samples: Record<string, Read> = {
  "message.sent": { status: "sent", reason: null },
  "message.finalized-delivered": { status: "delivered", reason: null },
  "message.finalized-failed": { status: "undelivered", reason: "landline" },
  "message.finalized-unconfirmed": { status: "unconfirmed", reason: null },
  "message.received": "of no use",
  "call.initiated": { event: "ringing", reason: null },
  "call.initiated-incoming": "of no use",
  "call.answered": { event: "answered", reason: null },
  "call.machine.detection.ended-human": person,
  "call.machine.detection.ended-not-sure": person,
  "call.machine.detection.ended-machine": machine,
  "call.machine.premium.detection.ended-human-residence": person,
  "call.machine.premium.detection.ended-human-business": person,
  "call.machine.premium.detection.ended-not-sure": person,
  "call.machine.premium.detection.ended-machine": machine,
  "call.machine.premium.detection.ended-fax-detected": machine,
  "call.machine.premium.detection.ended-silence": machine,
  "call.machine.greeting.ended": "of no use",
  "call.machine.premium.greeting.ended": "of no use",
  "call.speak.started": "of no use",
  "call.speak.ended-completed": "of no use",
  "call.speak.ended-call-hangup": "of no use",
  "call.speak.ended-cancelled-amd": "of no use",
  "call.dtmf.received": "of no use",
  "call.gather.ended-repeat": { event: "repeat", reason: null },
  "call.gather.ended-timeout": spoken,
  "call.gather.ended-invalid": spoken,
  "call.gather.ended-call-hangup": "of no use",
  "call.gather.ended-cancelled": "of no use",
  "call.gather.ended-cancelled-amd": "of no use",
  "call.hangup-normal-clearing": ended("completed"),
  "call.hangup-user-busy": ended("busy"),
  "call.hangup-no-answer": ended("no_answer"),
  "call.hangup-timeout": ended("no_answer"),
  "call.hangup-call-rejected": ended("rejected"),
  "call.hangup-not-found": ended("unreachable"),
  "call.hangup-time-limit": ended("time_limit"),
  "call.hangup-originator-cancel": ended("canceled"),
  "call.hangup-unspecified": ended("unspecified"),
};

interface Sample {
  data: { id: string; event_type: string; payload: { id?: string; call_control_id?: string } };
}

function asEvent(read: Read, { data }: Sample): WebhookEvent {
  if (read === "of no use") return { type: "unsupported", eventType: data.event_type };
  const { id: carrierId = "", call_control_id: callId = "" } = data.payload;
  return "status" in read
    ? { type: "receipt", eventId: data.id, receipt: { deliveryId: "dl_1", carrierId, ...read } }
    : { type: "call", eventId: data.id, event: { deliveryId: "dl_1", callId, ...read } };
}

const load = (name: string) => readFileSync(new URL(`${name}.json`, folder), "utf8");
const read = (rawBody: string) => reader.read(rawBody, signer.headers(rawBody), "dl_1");

test("every sample is in the table, and no other", () => {
  expect(readdirSync(folder).toSorted()).toEqual(
    Object.keys(samples)
      .map((name) => `${name}.json`)
      .toSorted(),
  );
});

describe("a webhook in the form that Telnyx documents", () => {
  test.each(Object.entries(samples))("%s", async (name, expected) => {
    const rawBody = load(name);
    expect(await read(rawBody)).toEqual(asEvent(expected, JSON.parse(rawBody) as Sample));
  });

  test.each(Object.keys(samples))("%s hands on neither a number, nor a text, nor a key", async (name) => {
    expect(JSON.stringify(await read(load(name)))).not.toMatch(/\+\d|14155550|790640|STOP|digit/);
  });
});
