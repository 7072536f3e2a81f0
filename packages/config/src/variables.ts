import { z } from "zod";
import { redisUrl } from "./redis-url.ts";
import {
  amount,
  bounds,
  brand,
  countries,
  flag,
  host,
  integer,
  limits,
  MAX_LIFE_SECONDS,
  names,
  port,
  prices,
  proxies,
  rate,
  secrets,
  url,
} from "./values.ts";

/** Of a login by HTTP Basic, RFC 7617. */
const user = z.string().regex(/^[^:\s]+$/, "must not hold spaces or colons");
const password = z.string().min(8, "must be at least 8 characters");

/** What callers send as `Authorization: Bearer`. */
const bearerToken = z
  .string()
  .regex(/^[\x21-\x7e]{1,256}$/, "must be printable ASCII without spaces, at most 256 characters");

/**
 * Every setting that Watchword knows: its shape and the default that holds in every environment.
 * `.env.example` describes each one for people, and a test holds the two together.
 */
export const variables = {
  WATCHWORD_ENV: z
    .enum(["development", "production"], { error: "must be development or production" })
    .default("development"),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"], {
      error: "must be fatal, error, warn, info, debug, trace or silent",
    })
    .default("info"),

  WATCHWORD_SECRETS: secrets,
  REDIS_URL: redisUrl,
  PUBLIC_URL: url("https:", "http:"),
  METRICS_PORT: port.optional(),
  METRICS_TOKEN: bearerToken.optional(),

  APPLICATIONS_FILE: z.string().optional(),
  API_KEY: bearerToken.optional(),
  API_HOST: z.string().default("0.0.0.0"),
  API_PORT: port.prefault("3000"),
  TRUSTED_PROXIES: proxies.optional(),

  BRAND: brand.default("Watchword"),
  OTP_LENGTH: integer(...bounds.codeLength).prefault("6"),
  OTP_EXPIRY_SECONDS: integer(1, MAX_LIFE_SECONDS).prefault("300"),
  OTP_MAX_ATTEMPTS: integer(...bounds.attempts).prefault("3"),
  RESEND_GAP_SECONDS: integer(...bounds.resendGapSeconds).prefault("30"),
  RETENTION_SECONDS: integer(...bounds.retentionSeconds).prefault("86400"),
  FALLBACK_AFTER_SECONDS: integer(...bounds.patienceSeconds).prefault("30"),
  VOICE_FALLBACK: z.enum(["on", "off"], { error: "must be on or off" }).default("on"),
  AUTOFILL_HOST: host.optional(),
  ALLOWED_COUNTRIES: countries.optional(),
  ALLOW_UNASSIGNED_NUMBERS: flag.prefault("false"),
  FRAUD_GUARD: z.enum(["enforce", "report", "off"], { error: "must be enforce, report or off" }).default("enforce"),
  LIMITS: limits.optional(),
  PRICES: prices.optional(),
  DAILY_BUDGET: amount.optional(),

  TELNYX_API_KEY: z.string().regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces"),
  TELNYX_PUBLIC_KEY: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}=$/, "must be the base64 of 32 bytes, as the Telnyx portal shows it"),
  TELNYX_PHONE_NUMBER: z
    .string()
    .regex(
      /^(\+[1-9]\d{6,14}|\d{3,8}|[A-Za-z0-9 ]{1,11})$/,
      "must be an E.164 number, a short code or an alphanumeric sender of up to 11 characters",
    )
    .optional(),
  TELNYX_MESSAGING_PROFILE_ID: z.string().min(1).optional(),
  TELNYX_VOICE_CONNECTION_ID: z
    .string()
    .regex(/^[\w-]{1,64}$/, "must be the id of a Voice API application, as the Telnyx portal shows it")
    .optional(),
  TELNYX_SMS_PER_SECOND: rate.optional(),
  TELNYX_CALLS_PER_SECOND: rate.optional(),
  TELNYX_BASE_URL: url("https:", "http:").prefault("https://api.telnyx.com/v2"),

  WORKER_CONCURRENCY: integer(1, 10_000).prefault("100"),
  WORKER_QUEUES: names.optional(),
  WEBHOOK_ALLOWED_HOSTS: names.optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: url("https:", "http:")
    .refine(
      (value) => !value.endsWith("/v1/traces"),
      "must be the collector's address alone, such as http://127.0.0.1:4318: /v1/traces is put behind it",
    )
    .optional(),

  DASHBOARD_HOST: z.string().default("0.0.0.0"),
  DASHBOARD_PORT: port.prefault("3001"),
  DASHBOARD_USER: user,
  DASHBOARD_PASSWORD: password,
  DASHBOARD_VIEWER_USER: user.optional(),
  DASHBOARD_VIEWER_PASSWORD: password.optional(),

  SIMULATOR_HOST: z.string().default("127.0.0.1"),
  SIMULATOR_PORT: port.prefault("3002"),
  SIMULATOR_LATENCY_MS: integer(0, 60_000).prefault("0"),
} satisfies Record<string, z.ZodType>;

export type VariableName = keyof typeof variables;

/** Needed unless the other one is set: a file of applications names their keys, and may name their countries. */
export const neededWithout: Partial<Record<VariableName, VariableName>> = {
  API_KEY: "APPLICATIONS_FILE",
  ALLOWED_COUNTRIES: "APPLICATIONS_FILE",
};

/** What every process knows. */
export const everyProcess = ["WATCHWORD_ENV", "LOG_LEVEL"] as const;

/** What each process may know: the API is given no carrier credential, and the dashboard no secret of the domain. */
export const processes = {
  api: [
    ...everyProcess,
    "WATCHWORD_SECRETS",
    "REDIS_URL",
    "PUBLIC_URL",
    "APPLICATIONS_FILE",
    "API_KEY",
    "API_HOST",
    "API_PORT",
    "TRUSTED_PROXIES",
    "OTP_LENGTH",
    "OTP_EXPIRY_SECONDS",
    "OTP_MAX_ATTEMPTS",
    "RESEND_GAP_SECONDS",
    "RETENTION_SECONDS",
    "FALLBACK_AFTER_SECONDS",
    "VOICE_FALLBACK",
    "ALLOWED_COUNTRIES",
    "ALLOW_UNASSIGNED_NUMBERS",
    "FRAUD_GUARD",
    "LIMITS",
    "PRICES",
    "DAILY_BUDGET",
    "TELNYX_PUBLIC_KEY",
    "TELNYX_VOICE_CONNECTION_ID",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "METRICS_PORT",
    "METRICS_TOKEN",
  ],
  worker: [
    ...everyProcess,
    "WATCHWORD_SECRETS",
    "REDIS_URL",
    "PUBLIC_URL",
    "APPLICATIONS_FILE",
    "BRAND",
    "AUTOFILL_HOST",
    "OTP_EXPIRY_SECONDS",
    "ALLOWED_COUNTRIES",
    "FRAUD_GUARD",
    "LIMITS",
    "PRICES",
    "DAILY_BUDGET",
    "TELNYX_API_KEY",
    "TELNYX_PHONE_NUMBER",
    "TELNYX_MESSAGING_PROFILE_ID",
    "TELNYX_VOICE_CONNECTION_ID",
    "TELNYX_SMS_PER_SECOND",
    "WEBHOOK_ALLOWED_HOSTS",
    "TELNYX_CALLS_PER_SECOND",
    "TELNYX_BASE_URL",
    "WORKER_CONCURRENCY",
    "WORKER_QUEUES",
    "METRICS_PORT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "METRICS_TOKEN",
  ],
  dashboard: [
    ...everyProcess,
    "REDIS_URL",
    "DASHBOARD_HOST",
    "DASHBOARD_PORT",
    "TRUSTED_PROXIES",
    "DASHBOARD_USER",
    "DASHBOARD_PASSWORD",
    "DASHBOARD_VIEWER_USER",
    "DASHBOARD_VIEWER_PASSWORD",
  ],
  simulator: [...everyProcess, "SIMULATOR_HOST", "SIMULATOR_PORT", "SIMULATOR_LATENCY_MS"],
} as const satisfies Record<string, readonly VariableName[]>;

export type ProcessName = keyof typeof processes;
