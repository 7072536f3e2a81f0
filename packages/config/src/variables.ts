import { z } from "zod";
import { amount, countries, flag, integer, limits, names, port, prices, rate, secrets, url } from "./values.ts";

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
  REDIS_URL: url("redis:", "rediss:"),
  PUBLIC_URL: url("https:", "http:"),
  METRICS_PORT: port.optional(),
  METRICS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{1,256}$/, "must be printable ASCII without spaces, at most 256 characters")
    .optional(),

  API_KEY: z.string().regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces"),
  API_HOST: z.string().default("0.0.0.0"),
  API_PORT: port.prefault("3000"),

  BRAND: z.string().trim().min(1).max(40, "must be at most 40 characters").default("Watchword"),
  OTP_LENGTH: integer(4, 10).prefault("6"),
  OTP_EXPIRY_SECONDS: integer(1, 600).prefault("300"),
  OTP_MAX_ATTEMPTS: integer(1, 10).prefault("3"),
  RESEND_GAP_SECONDS: integer(0, 600).prefault("30"),
  RETENTION_SECONDS: integer(600, 2_592_000).prefault("86400"),
  FALLBACK_AFTER_SECONDS: integer(1, 600).prefault("30"),
  VOICE_FALLBACK: z.enum(["on", "off"], { error: "must be on or off" }).default("on"),
  AUTOFILL_HOST: z
    .string()
    .regex(/^(?=.{1,100}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/i, "must be a host name such as example.com")
    .optional(),
  ALLOWED_COUNTRIES: countries,
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
  OTEL_EXPORTER_OTLP_ENDPOINT: url("https:", "http:").optional(),

  DASHBOARD_HOST: z.string().default("0.0.0.0"),
  DASHBOARD_PORT: port.prefault("3001"),
  DASHBOARD_USER: z.string().regex(/^[^:\s]+$/, "must not hold spaces or colons"),
  DASHBOARD_PASSWORD: z.string().min(8, "must be at least 8 characters"),

  SIMULATOR_HOST: z.string().default("127.0.0.1"),
  SIMULATOR_PORT: port.prefault("3002"),
  SIMULATOR_LATENCY_MS: integer(0, 60_000).prefault("0"),
} satisfies Record<string, z.ZodType>;

export type VariableName = keyof typeof variables;

/** What every process knows. */
export const everyProcess = ["WATCHWORD_ENV", "LOG_LEVEL"] as const;

/** What each process may know: the API is given no carrier credential, and the dashboard no secret of the domain. */
export const processes = {
  api: [
    ...everyProcess,
    "WATCHWORD_SECRETS",
    "REDIS_URL",
    "PUBLIC_URL",
    "API_KEY",
    "API_HOST",
    "API_PORT",
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
    "BRAND",
    "AUTOFILL_HOST",
    "TELNYX_API_KEY",
    "TELNYX_PHONE_NUMBER",
    "TELNYX_MESSAGING_PROFILE_ID",
    "TELNYX_VOICE_CONNECTION_ID",
    "TELNYX_SMS_PER_SECOND",
    "TELNYX_CALLS_PER_SECOND",
    "TELNYX_BASE_URL",
    "WORKER_CONCURRENCY",
    "WORKER_QUEUES",
    "METRICS_PORT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "METRICS_TOKEN",
  ],
  dashboard: [...everyProcess, "REDIS_URL", "DASHBOARD_HOST", "DASHBOARD_PORT", "DASHBOARD_USER", "DASHBOARD_PASSWORD"],
  simulator: [...everyProcess, "SIMULATOR_HOST", "SIMULATOR_PORT", "SIMULATOR_LATENCY_MS"],
} as const satisfies Record<string, readonly VariableName[]>;

export type ProcessName = keyof typeof processes;
