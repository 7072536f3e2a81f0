import type { Application, WorkflowStep } from "@watchword/otp-core";
import type { Config } from "../load.ts";
import type { DeclaredApplication } from "./schema.ts";

/** Limits by policy that are other than Watchword's own; false is no limit. */
export type LimitOverrides = Readonly<Record<string, false | { limit: number; windowSeconds: number }>>;

interface WebhookEvents {
  url: string;
  /** Undefined: all of them. */
  events: readonly string[] | undefined;
}

/** An application as the API knows it: whose key it is and what it may decide, and no secret. */
export interface ApiApplication extends Application {
  name: string | undefined;
  /** SHA-256 of its keys in hex, see `hashApiKey`. */
  keyHashes: readonly string[];
  limits: LimitOverrides;
  /** What its messages and calls of one UTC day may cost, in the unit of PRICES. */
  dailyBudget: number | undefined;
  returnUrls: readonly string[];
}

/** An application as the worker knows it: how it speaks to people, and where it is told of its verifications. */
export interface WorkerApplication {
  id: string;
  name: string | undefined;
  brand: string;
  /** Binds the code to this website in the last line of a message. */
  autofillHost: string | undefined;
  /** Its own texts, by language (BCP 47) and name. */
  texts: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** By these it is decided whether what the workflow adds may be sent. */
  settings: Pick<Application["settings"], "expirySeconds" | "allowedCountries">;
  limits: LimitOverrides;
  dailyBudget: number | undefined;
  /** The first secret is the newest; each at least 24 bytes. */
  webhook: (WebhookEvents & { secrets: readonly Buffer[] }) | undefined;
}

function workflow(
  declared: DeclaredApplication["workflow"],
  { FALLBACK_AFTER_SECONDS: patienceSeconds, TELNYX_VOICE_CONNECTION_ID: voice }: Config<"api">,
): WorkflowStep[] {
  if (declared === undefined) {
    const sms: WorkflowStep = { channel: "sms", carrier: "telnyx", patienceSeconds };
    return voice === undefined ? [sms] : [sms, { ...sms, channel: "call" }];
  }
  return declared.map(({ channel, carrier, patience_seconds: own }) => ({
    channel,
    carrier,
    patienceSeconds: own ?? patienceSeconds,
  }));
}

const limits = (declared: DeclaredApplication["limits"] = {}): LimitOverrides =>
  Object.fromEntries(
    Object.entries(declared).flatMap(([name, policy]) =>
      policy === undefined
        ? []
        : [[name, policy && { limit: policy.limit, windowSeconds: policy.window_seconds }] as const],
    ),
  );

/** One of the two is there: what is needed is checked where each is read. */
const allowedCountries = (
  { countries }: DeclaredApplication,
  { ALLOWED_COUNTRIES }: Config<"api"> | Config<"worker">,
): readonly string[] => countries ?? ALLOWED_COUNTRIES ?? [];

/** What the application leaves out is as the environment says. */
export const apiApplication = (declared: DeclaredApplication, config: Config<"api">): ApiApplication => ({
  id: declared.id,
  name: declared.name,
  keyHashes: declared.api_key_hashes,
  settings: {
    codeLength: declared.code?.length ?? config.OTP_LENGTH,
    customCodes: declared.code?.custom ?? false,
    expirySeconds: declared.code?.life_seconds ?? config.OTP_EXPIRY_SECONDS,
    maxAttempts: declared.code?.attempts ?? config.OTP_MAX_ATTEMPTS,
    resendGapSeconds: declared.resend_gap_seconds ?? config.RESEND_GAP_SECONDS,
    retentionSeconds: declared.retention_seconds ?? config.RETENTION_SECONDS,
    workflow: workflow(declared.workflow, config),
    fallback: declared.fallback ?? config.VOICE_FALLBACK === "on",
    allowedCountries: allowedCountries(declared, config),
    allowUnassigned: declared.allow_unassigned_numbers ?? config.ALLOW_UNASSIGNED_NUMBERS,
  },
  limits: limits(declared.limits),
  dailyBudget: declared.daily_budget ?? config.DAILY_BUDGET,
  events: declared.webhook ? (declared.webhook.events ?? "all") : [],
  returnUrls: declared.return_urls ?? [],
});

/** What the application leaves out is as the environment says. */
export const workerApplication = (declared: DeclaredApplication, config: Config<"worker">): WorkerApplication => ({
  id: declared.id,
  name: declared.name,
  brand: declared.brand,
  autofillHost: declared.autofill_origin === undefined ? config.AUTOFILL_HOST : (declared.autofill_origin ?? undefined),
  texts: declared.texts ?? {},
  settings: {
    expirySeconds: declared.code?.life_seconds ?? config.OTP_EXPIRY_SECONDS,
    allowedCountries: allowedCountries(declared, config),
  },
  limits: limits(declared.limits),
  dailyBudget: declared.daily_budget ?? config.DAILY_BUDGET,
  webhook: declared.webhook && {
    url: declared.webhook.url,
    events: declared.webhook.events,
    secrets: declared.webhook.secrets,
  },
});
