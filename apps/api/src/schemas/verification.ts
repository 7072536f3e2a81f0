import {
  attemptOutcomes,
  channels,
  contextBounds,
  deliveryStatuses,
  normalizeContextText,
  type Verification,
  verificationStatuses,
} from "@watchword/otp-core";
import { z } from "zod";

/** Ids are opaque: one of any other shape is one that does not exist. */
const verificationId = z.string().meta({
  description: "The id of a verification, as it was answered when it was started",
  examples: ["vf_LqHgkSvmvIO487O0GQVWNrgnXIQshnU8"],
});
export const verificationParams = z.object({ id: verificationId });

export const channel = z.enum(channels);
export const code = z
  .string()
  .regex(/^[\s-]{0,16}\d[\d\s-]{0,31}$/, "must be the digits of the code; spaces and dashes do not count")
  .meta({ description: "What the person typed; spaces and dashes do not count", examples: ["123456"] });
export const to = z.string().meta({
  description: "Phone number in international form; spaces, dashes and brackets do not count",
  examples: ["+14155550123"],
});

export const locale = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, "must be a BCP 47 language tag, such as pt-BR")
  .meta({ description: "The person's language, as a BCP 47 tag", examples: ["pt-BR"] });
export const clientIp = z.union([z.ipv4(), z.ipv6()], { error: "must be an IP address" }).meta({
  description: "The end user's address, which has a limit of its own (an IPv6 one with its /64)",
  examples: ["203.0.113.9"],
});

export const numberParams = z.object({
  e164: z.string().meta({ description: "The number in international form", examples: ["+14155550123"] }),
});
/** What would break its line, have it read in another order than it is written, or not be seen: but for the joiners, which some scripts need. */
const PLAIN = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF]*$/u;
/** The blank of Braille is a symbol by its class. */
const VISIBLE = /[^\s\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;
const plainText = (max: number) =>
  z
    .string()
    .regex(VISIBLE, "must not be empty")
    .regex(PLAIN, "must be text of one line, without tabs and what is not seen")
    .overwrite(normalizeContextText)
    .max(max, `must be at most ${max} characters`);

export const context = z
  .strictObject({
    amount: plainText(contextBounds.amount).meta({ description: "How much, in one line", examples: ["EUR 12.50"] }),
    payee: plainText(contextBounds.payee).meta({ description: "To whom, in one line", examples: ["Green Grocers"] }),
  })
  .meta({
    id: "Context",
    description:
      "The payment that the code approves: the person reads it with the code, a check has to name the same, and the token says it. It is of one line: blanks at its ends do not count, and a run of them, of any kind, is one",
  });

const time = z.string().meta({ format: "date-time" });
const status = z.enum(verificationStatuses).meta({
  description: [
    "`pending`: a code is valid.",
    "`approved`: the right code was checked.",
    "`failed`: the attempts are used up.",
    "`expired`: the code's life is over.",
    "`canceled`: the application ended it.",
    "`undeliverable`: no way to the phone worked.",
    "All but `pending` are final.",
  ].join(" "),
});
const attemptsRemaining = z.int().min(0).meta({ description: "Wrong codes that it still takes" });
const carrier = z.string().meta({ examples: ["telnyx"] });

const attempt = z
  .object({
    outcome: z.enum(attemptOutcomes).nullable().meta({ description: "null while it is under way" }),
    carrier,
    carrier_id: z.string().nullable().meta({ description: "The carrier's id of the message or the call" }),
    carrier_code: z.string().nullable().meta({
      description: "The carrier's own error code, or `HTTP_` and the status of its answer where that has none",
    }),
    reason: z.string().nullable().meta({ description: "A stable reason, where something went wrong" }),
    started_at: time,
    ended_at: time.nullable(),
  })
  .meta({ id: "Attempt", description: "One taking of a delivery by a worker" });

const delivery = z
  .object({
    id: z.string(),
    channel,
    carrier,
    status: z.enum(deliveryStatuses).meta({
      description: [
        "`queued`: a worker will take it.",
        "`sending`: a worker has it.",
        "`sent`: the carrier took it.",
        "`delivered`, `undelivered`, `unconfirmed`: so the carrier's receipt says.",
        "`uncertain`: the carrier may or may not have it.",
        "`failed`: it never will be sent.",
        "`skipped`: it was no longer wanted.",
      ].join(" "),
    }),
    error: z.string().nullable().meta({ description: "A stable reason, where something went wrong" }),
    created_at: time,
    updated_at: time,
    attempts: z.array(attempt).meta({ description: "The newest 20" }),
  })
  .meta({ id: "Delivery", description: "One message or call, and what became of it" });

export const verification = z
  .object({
    id: verificationId,
    status,
    to: z.string().meta({ description: "The number, masked", examples: ["+1415•••0123"] }),
    channel,
    created_at: time,
    expires_at: time.meta({ description: "From then on its code is worth nothing" }),
    attempts_remaining: attemptsRemaining,
    resend_at: time.meta({ description: "From then on another message may be asked for" }),
    metadata: z.record(z.string(), z.string()).meta({ description: "As it was given" }),
    deliveries: z.array(delivery),
  })
  .meta({ id: "Verification", description: "A verification as its application sees it" });

export const checked = z
  .object({
    id: verificationId,
    status,
    valid: z.boolean().meta({
      description: "True once in the life of a verification, and again for the same request with its Idempotency-Key",
    }),
    attempts_remaining: attemptsRemaining,
    token: z.string().optional().meta({
      description:
        "Where the code was right: a JWT that proves it for five minutes, see the keys. Its `purpose` is `phone_verification`, or `payment_approval` with the `context` that was approved",
    }),
  })
  .meta({ id: "Check", description: "Whether a code was right" });

const MOST_WRITTEN = 1000;
const written = new Map<number, string>();

/** The times of verifications are often the same ones, and to write one out takes longer than the rest of an answer. */
function iso(time: Date): string {
  const ms = time.getTime();
  let text = written.get(ms);
  if (text === undefined) {
    if (written.size === MOST_WRITTEN) written.clear();
    written.set(ms, (text = time.toISOString()));
  }
  return text;
}

export function presentVerification(view: Verification): z.output<typeof verification> {
  return {
    id: view.id,
    status: view.status,
    to: view.to,
    channel: view.channel,
    created_at: iso(view.createdAt),
    expires_at: iso(view.expiresAt),
    attempts_remaining: view.attemptsRemaining,
    resend_at: iso(view.resendAt),
    metadata: view.metadata,
    deliveries: view.deliveries.map(({ id, channel: by, carrier, status, error, createdAt, updatedAt, attempts }) => ({
      id,
      channel: by,
      carrier,
      status,
      error,
      created_at: iso(createdAt),
      updated_at: iso(updatedAt),
      attempts: attempts.map((each) => ({
        outcome: each.outcome,
        carrier: each.carrier,
        carrier_id: each.carrierId,
        carrier_code: each.carrierCode,
        reason: each.reason,
        started_at: iso(each.startedAt),
        ended_at: each.endedAt ? iso(each.endedAt) : null,
      })),
    })),
  };
}
