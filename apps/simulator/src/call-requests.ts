import { z } from "zod";
import { refuseAs } from "./parse-request.ts";
import { webhookUrlFields } from "./webhook-url.ts";

const e164 = z.string(refuseAs("not_e164")).regex(/^\+[1-9]\d{6,14}$/, "not_e164");
const required = z.string(refuseAs("malformed")).min(1, "missing_parameter");
const longestCallSeconds = 14_400;

const command = z.object({
  /** Base64; echoed in this and every later webhook of the call. */
  client_state: z.base64("malformed").optional(),
  /** A command repeated with the same id within 60 s has no second effect. */
  command_id: z.string().optional(),
});

export const dialRequest = command.extend({
  connection_id: required,
  to: e164,
  from: e164,
  answering_machine_detection: z
    .enum(["premium", "detect", "detect_beep", "detect_words", "greeting_end", "disabled"])
    .default("disabled"),
  timeout_secs: z.int().min(5).max(600).default(30),
  retry_on_timeout: z.boolean().default(true),
  time_limit_secs: z.int().min(1).max(longestCallSeconds).default(longestCallSeconds),
  ...webhookUrlFields,
});

export const speakRequest = command.extend({
  payload: required.max(3000, "too_long"),
  voice: required,
});

/** Takes one key and says it once; what else Telnyx takes changes nothing here. */
export const gatherRequest = speakRequest.extend({
  valid_digits: z
    .string("malformed")
    .regex(/^[0-9A-D*#]+$/, "malformed")
    .default("0123456789#*"),
});

/** Telnyx takes a hangup without a body, too. */
export const hangupRequest = command.nullish().transform((body) => body ?? {});

export type DialRequest = z.output<typeof dialRequest>;
export type SpeakRequest = z.output<typeof speakRequest>;
export type GatherRequest = z.output<typeof gatherRequest>;
export type Command = z.output<typeof command>;
