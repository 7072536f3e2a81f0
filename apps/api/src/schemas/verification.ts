import {
  attemptOutcomes,
  channels,
  contextBounds,
  deliveryStatuses,
  type Verification,
  verificationStatuses,
} from "@watchword/otp-core";
import { z } from "zod";

export const channel = z.enum(channels);
export const code = z
  .string()
  .regex(/^[\s-]{0,16}\d[\d\s-]{0,31}$/, "must be the digits of the code; spaces and dashes do not count")
  .meta({ examples: ["123456"] });
export const to = z.string().meta({
  description: "Phone number in international form; spaces, dashes and brackets do not count",
  examples: ["+14155550123"],
});

/** What would break its line, or have it read in another order than it is written. */
const PLAIN = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]*$/u;
const plainText = (max: number) =>
  z.string().max(max).regex(/\S/, "must not be empty").regex(PLAIN, "must be text of one line");

export const context = z
  .strictObject({
    amount: plainText(contextBounds.amount).meta({ examples: ["EUR 12.50"] }),
    payee: plainText(contextBounds.payee).meta({ examples: ["Green Grocers"] }),
  })
  .meta({
    id: "Context",
    description:
      "The payment that the code approves: the person reads it with the code, and a check has to name the same",
  });

const time = z.string().meta({ format: "date-time" });

const attempt = z.object({
  outcome: z.enum(attemptOutcomes).nullable().meta({ description: "null while it is under way" }),
  carrier: z.string(),
  carrier_id: z.string().nullable().meta({ description: "The carrier's id of the message or the call" }),
  carrier_code: z.string().nullable().meta({ description: "The carrier's own error code" }),
  reason: z.string().nullable().meta({ description: "A stable reason, where something went wrong" }),
  started_at: time,
  ended_at: time.nullable(),
});

const delivery = z.object({
  id: z.string(),
  channel,
  carrier: z.string(),
  status: z.enum(deliveryStatuses),
  error: z.string().nullable().meta({ description: "A stable reason, where something went wrong" }),
  created_at: time,
  updated_at: time,
  attempts: z.array(attempt).meta({ description: "The newest 20" }),
});

export const verification = z
  .object({
    id: z.string(),
    status: z.enum(verificationStatuses),
    to: z.string().meta({ description: "Masked", examples: ["+1415•••0123"] }),
    channel,
    created_at: time,
    expires_at: time,
    attempts_remaining: z.int(),
    resend_at: time.meta({ description: "From then on another message may be asked for" }),
    metadata: z.record(z.string(), z.string()),
    deliveries: z.array(delivery),
  })
  .meta({ id: "Verification" });

export const checked = z
  .object({
    id: z.string(),
    status: z.enum(verificationStatuses),
    valid: z.boolean().meta({ description: "True exactly once in the life of a verification" }),
    attempts_remaining: z.int(),
    token: z.string().optional().meta({ description: "JWT that proves it, where the code was right" }),
  })
  .meta({ id: "Check" });

export function presentVerification(view: Verification): z.output<typeof verification> {
  return {
    id: view.id,
    status: view.status,
    to: view.to,
    channel: view.channel,
    created_at: view.createdAt.toISOString(),
    expires_at: view.expiresAt.toISOString(),
    attempts_remaining: view.attemptsRemaining,
    resend_at: view.resendAt.toISOString(),
    metadata: view.metadata,
    deliveries: view.deliveries.map(({ id, channel: by, carrier, status, error, createdAt, updatedAt, attempts }) => ({
      id,
      channel: by,
      carrier,
      status,
      error,
      created_at: createdAt.toISOString(),
      updated_at: updatedAt.toISOString(),
      attempts: attempts.map((each) => ({
        outcome: each.outcome,
        carrier: each.carrier,
        carrier_id: each.carrierId,
        carrier_code: each.carrierCode,
        reason: each.reason,
        started_at: each.startedAt.toISOString(),
        ended_at: each.endedAt?.toISOString() ?? null,
      })),
    })),
  };
}
