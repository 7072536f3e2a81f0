import type { VariableName } from "./variables.ts";

/**
 * What a variable is when nobody sets it and `WATCHWORD_ENV` is `development`: enough to run the local stack
 * against the simulator. These values are public, so production refuses the ones that are credentials.
 */
export function developmentDefaults(env: Record<string, string | undefined>): Partial<Record<VariableName, string>> {
  return {
    LOG_LEVEL: "debug",
    WATCHWORD_SECRETS: "dev:VP41NuCnrS3zcHiUSRK1BoUUsWHQrHUiEHqCNktJo0A=",
    REDIS_URL: "redis://127.0.0.1:6379",
    PUBLIC_URL: `http://127.0.0.1:${env["API_PORT"] || "3000"}`,
    API_KEY: "ww_dev_key",
    API_HOST: "127.0.0.1",
    ALLOWED_COUNTRIES: "*",
    ALLOW_UNASSIGNED_NUMBERS: "true",
    FRAUD_GUARD: "report",
    TELNYX_API_KEY: "KEY_simulator",
    TELNYX_PUBLIC_KEY: "C91ZCxts43VLONLPvXBGR2IcmZKdo2U52Cm/8up1xMo=",
    TELNYX_PHONE_NUMBER: "+14155550100",
    TELNYX_BASE_URL: `http://127.0.0.1:${env["SIMULATOR_PORT"] || "3002"}/v2`,
    DASHBOARD_HOST: "127.0.0.1",
    DASHBOARD_USER: "admin",
    DASHBOARD_PASSWORD: "watchword",
  };
}

/** The credentials among them. */
export const developmentCredentials = [
  "WATCHWORD_SECRETS",
  "API_KEY",
  "TELNYX_API_KEY",
  "TELNYX_PUBLIC_KEY",
  "DASHBOARD_PASSWORD",
] as const satisfies readonly VariableName[];
