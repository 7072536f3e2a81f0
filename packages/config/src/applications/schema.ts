import type { LimitBounds } from "@watchword/otp-core";
import { z } from "zod";
import { bounds, brand, MAX_LIFE_SECONDS, MIN_LIFE_SECONDS } from "../values.ts";
import {
  type ApplicationsContext,
  autofillOrigin,
  budget,
  country,
  keyHash,
  webAddress,
  webhookSecret,
  wholeNumber,
} from "./fields.ts";

const MAX_KEYS = 10;
const MAX_STEPS = 10;
const MAX_URLS = 50;

const said = <T extends z.ZodType>(schema: T, description: string): T => schema.meta({ description });

const step = ({ voice }: ApplicationsContext) =>
  z.strictObject({
    channel: said(
      z
        .enum(["sms", "call"])
        .refine((channel) => channel === "sms" || voice, "is call, which needs TELNYX_VOICE_CONNECTION_ID to be set"),
      "How the code gets to the person",
    ),
    carrier: said(z.enum(["telnyx"]), "Who carries it").default("telnyx"),
    patience_seconds: said(
      wholeNumber(bounds.patienceSeconds),
      "How long a confirmation may take before the next step begins; FALLBACK_AFTER_SECONDS unless set",
    ).optional(),
  });

function policy({ limit, windowSeconds, mayBeOff }: LimitBounds) {
  const fields = { limit: wholeNumber(limit), window_seconds: wholeNumber(windowSeconds) };
  if (!mayBeOff) {
    const message = `must be {"limit", "window_seconds"}: it cannot be turned off`;
    return z.strictObject(fields, { error: ({ code }) => (code === "invalid_type" ? message : undefined) });
  }
  return z.union([z.literal(false), z.strictObject(fields)], `must be false or {"limit", "window_seconds"}`);
}

const limits = ({ limitBounds }: ApplicationsContext) => {
  const ofPolicies = Object.entries(limitBounds).map(([name, bounds]) => [name, policy(bounds).optional()] as const);
  return z.strictObject(Object.fromEntries(ofPolicies), {
    error: ({ code }) =>
      code === "unrecognized_keys" ? `is no policy; there are ${Object.keys(limitBounds).join(", ")}` : undefined,
  });
};

const webhook = (context: ApplicationsContext) =>
  z.strictObject({
    url: said(webAddress(context), "Where events are posted"),
    secrets: said(
      z.array(webhookSecret(context)).min(1, "must hold at least one").max(MAX_KEYS),
      "What signs them (Standard Webhooks), whsec_ and the base64 of 24 to 64 random bytes; all of them sign while you rotate",
    ),
    events: said(
      z
        .array(z.enum(context.eventTypes, `must be one of ${context.eventTypes.join(", ")}`))
        .min(1, "must name at least one"),
      "Which events; all of them unless set",
    ).optional(),
  });

const language = z
  .string()
  .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, "must be named after a language, as a BCP 47 tag");

const countries = (context: ApplicationsContext) =>
  z
    .array(country(context))
    .min(1, "must name at least one")
    .refine((list) => list.length === 1 || !list.includes("*"), "must be * alone or countries");

const application = (context: ApplicationsContext) =>
  z.strictObject({
    id: said(
      z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "must be up to 64 letters, digits, dots, dashes and underscores"),
      "Its name in records, logs and tokens, for good: limits and verifications hang on it. default is what the environment alone would set up",
    ),
    name: said(z.string().trim().min(1, "must not be empty").max(100), "For people who operate Watchword").optional(),
    brand: said(brand, "The name in the message, 1 to 40 characters; up to 15 keep every language in one SMS"),
    api_key_hashes: said(
      z
        .array(keyHash(context))
        .min(1, "must hold at least one")
        .max(MAX_KEYS, `must hold at most ${MAX_KEYS}`)
        .refine((hashes) => new Set(hashes).size === hashes.length, "holds one hash twice"),
      "Of the keys that it may send, as npm run key prints them; several, to rotate",
    ),
    code: said(
      z.strictObject({
        length: said(wholeNumber(bounds.codeLength), "Digits; OTP_LENGTH unless set").optional(),
        life_seconds: said(
          wholeNumber([MIN_LIFE_SECONDS, MAX_LIFE_SECONDS]),
          "OTP_EXPIRY_SECONDS unless set",
        ).optional(),
        attempts: said(
          wholeNumber(bounds.attempts),
          "Checks before its verification fails; OTP_MAX_ATTEMPTS unless set",
        ).optional(),
        custom: said(z.boolean(), "Whether a request may bring its own code").default(false),
      }),
      "The code itself",
    ).optional(),
    resend_gap_seconds: said(
      wholeNumber(bounds.resendGapSeconds),
      "Gap before the first resend; it doubles with each, up to four times; RESEND_GAP_SECONDS unless set",
    ).optional(),
    retention_seconds: said(
      wholeNumber(bounds.retentionSeconds),
      "How long a finished verification can still be read; RETENTION_SECONDS unless set",
    ).optional(),
    workflow: said(
      z
        .array(step(context))
        .min(1, "must have at least one step")
        .max(MAX_STEPS, `must have at most ${MAX_STEPS} steps`),
      "The ways to a phone in their order; unless set an SMS, then a call where voice calls are set up",
    ).optional(),
    fallback: said(
      z.boolean(),
      "Whether the next step follows where one comes to nothing, unless the request says otherwise; VOICE_FALLBACK unless set",
    ).optional(),
    countries: said(
      countries(context),
      'Where codes may be sent, as ISO 3166-1 alpha-2; ALLOWED_COUNTRIES unless set. ["*"] is everywhere, in development only',
    ).optional(),
    allow_unassigned_numbers: said(
      z.boolean(),
      "Whether possible but unassigned numbers are sent to; ALLOW_UNASSIGNED_NUMBERS unless set",
    ).optional(),
    limits: said(
      limits(context),
      "Limits by policy that are other than Watchword's own, at most so many in any window; false is no limit",
    ).optional(),
    daily_budget: said(
      budget(context),
      "What the messages and calls of one UTC day may cost, in the unit of PRICES; DAILY_BUDGET unless set, or null",
    ).optional(),
    autofill_origin: said(
      z.union([z.null(), autofillOrigin], {
        error: "must be null or an https origin such as https://login.example.com",
      }),
      "The site where people type the code: phones fill it in there and nowhere else; AUTOFILL_HOST unless set, null is none",
    ).optional(),
    texts: said(
      z.record(
        language,
        z.record(
          z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, "must be named after a text, such as sms"),
          z.string().min(1, "must not be empty").max(1000, "must be at most 1000 characters"),
        ),
      ),
      "Your own texts, by language and name: sms and spoken (in a call), and sms_context and spoken_context for what approves a payment; with {code} and, if you like, {brand}, {amount} and {payee}",
    ).optional(),
    allow_long_texts: said(
      z.array(language),
      "Languages whose texts may take more than one SMS, each of which is paid for",
    ).optional(),
    webhook: said(webhook(context), "Who is told what became of its verifications").optional(),
    return_urls: said(
      z.array(webAddress(context)).max(MAX_URLS, `must hold at most ${MAX_URLS}`),
      "Where a person may be sent back to; checked, and read by nothing yet",
    ).optional(),
  });

/** The file of applications as people write it; the environment stands in for what an application leaves out. */
export const applicationsFile = (context: ApplicationsContext) =>
  z.strictObject({
    $schema: said(z.string(), "Of this file, for editors: applications.schema.json").optional(),
    applications: z.array(application(context)).min(1, "must hold at least one"),
  });

export type DeclaredApplication = z.output<ReturnType<typeof applicationsFile>>["applications"][number];
