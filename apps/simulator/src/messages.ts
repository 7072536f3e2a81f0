import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { MessageBehaviour } from "./behaviours.ts";
import { type MessageSize, measure } from "./message-text.ts";
import { refuseAs } from "./parse-request.ts";
import { TelnyxRefusal } from "./telnyx-refusal.ts";
import { webhookUrlFields } from "./webhook-url.ts";
import { type TelnyxEvent, createEvent } from "./webhooks.ts";

const numberOrShortCode = /^(\+[1-9]\d{6,14}|\d{3,8})$/;
const numberOrSenderId = /^(\+[1-9]\d{6,14}|[A-Za-z0-9 ]{1,11})$/;
const longestMessageParts = 10;
const validForMs = 3_600_000;
const poolNumber = "+15550100000";
const defaultProfileId = "4001926a-0000-4000-8000-000000000001";
const organizationId = "4001926a-0000-4000-8000-000000000002";
const notRoutable = {
  code: "40001",
  title: "Not routable",
  detail: "The destination number is either a landline or a non-routable wireless number.",
};

export const messageRequest = z
  .object({
    to: z.string(refuseAs("invalid_to")).regex(numberOrShortCode, "invalid_to"),
    from: z.string("invalid_from").regex(numberOrSenderId, "invalid_from").optional(),
    messaging_profile_id: z.string().optional(),
    text: z.string(refuseAs("malformed")).min(1, "missing_parameter"),
    encoding: z.enum(["auto", "gsm7", "ucs2"]).default("auto"),
    ...webhookUrlFields,
  })
  .refine(({ from, messaging_profile_id: profile }) => from !== undefined || profile !== undefined, {
    error: "missing_parameter",
    path: ["from"],
  });

type MessageRequest = z.output<typeof messageRequest>;
type Status = "queued" | "sent" | MessageBehaviour["outcome"];

interface Recipient {
  readonly phone_number: string;
  readonly status: Status;
  readonly carrier: string;
  readonly line_type: "Wireless";
}

/** Telnyx's OutboundMessagePayload, as in the answer to a request and in the webhooks. */
export interface OutboundMessage extends MessageSize {
  readonly record_type: "message";
  readonly direction: "outbound";
  readonly id: string;
  readonly type: "SMS";
  readonly organization_id: string;
  readonly messaging_profile_id: string;
  readonly from: { readonly phone_number: string; readonly carrier: string; readonly line_type: "Wireless" };
  readonly to: readonly [Recipient];
  readonly cc: readonly [];
  readonly text: string;
  readonly media: readonly [];
  readonly webhook_url: string | null;
  readonly webhook_failover_url: string | null;
  readonly tags: readonly [];
  readonly cost: { readonly amount: string; readonly currency: string } | null;
  readonly tcr_campaign_id: null;
  readonly tcr_campaign_registered: null;
  readonly tcr_campaign_billable: false;
  readonly received_at: string;
  readonly sent_at: string | null;
  readonly completed_at: string | null;
  readonly valid_until: string | null;
  readonly wait_seconds: number | null;
  readonly errors: readonly { readonly code: string; readonly title: string; readonly detail: string }[];
}

/** @throws {TelnyxRefusal} `too_long` for a text of more than 10 parts */
export function acceptMessage(request: MessageRequest, nowMs: number): OutboundMessage {
  const size = measure(request.text, { forceUcs2: request.encoding === "ucs2" });
  if (size.parts > longestMessageParts) throw new TelnyxRefusal({ name: "too_long", pointer: "/text" });
  return {
    record_type: "message",
    direction: "outbound",
    id: randomUUID(),
    type: "SMS",
    organization_id: organizationId,
    messaging_profile_id: request.messaging_profile_id ?? defaultProfileId,
    from: { phone_number: request.from ?? poolNumber, carrier: "Telnyx", line_type: "Wireless" },
    to: [{ phone_number: request.to, status: "queued", carrier: "SIMULATOR WIRELESS", line_type: "Wireless" }],
    cc: [],
    text: request.text,
    media: [],
    webhook_url: request.webhook_url ?? null,
    webhook_failover_url: request.webhook_failover_url ?? null,
    ...size,
    tags: [],
    cost: null,
    tcr_campaign_id: null,
    tcr_campaign_registered: null,
    tcr_campaign_billable: false,
    received_at: timestamp(nowMs),
    sent_at: null,
    completed_at: null,
    valid_until: timestamp(nowMs + validForMs),
    wait_seconds: 0,
    errors: [],
  };
}

/** The two receipts of a message: that it left, and what became of it. */
export function receipts(message: OutboundMessage, outcome: MessageBehaviour["outcome"], nowMs: number): TelnyxEvent[] {
  const at = timestamp(nowMs);
  // Telnyx nulls `valid_until` once the message has left the queue.
  const sent = { ...withStatus(message, "sent"), sent_at: at, valid_until: null };
  const errors = outcome === "delivered" ? [] : [notRoutable];
  const finalized = {
    ...withStatus(sent, outcome),
    completed_at: at,
    cost: { amount: "0.0040", currency: "USD" },
    errors,
  };
  return [createEvent("message.sent", sent, at), createEvent("message.finalized", finalized, at)];
}

function withStatus(message: OutboundMessage, status: Status): OutboundMessage {
  return { ...message, to: [{ ...message.to[0], status }] };
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
