import { developmentCredentials, developmentDefaults } from "./development.ts";
import { MIN_LIFE_SECONDS } from "./values.ts";
import type { VariableName } from "./variables.ts";

export interface Problem {
  variable: string;
  message: string;
}

type Values = Partial<Record<VariableName, unknown>>;

/** The key alone of a keyring's `kid:base64`, however it is spelled: another name does not make a public key secret. */
const secretPart = (value: string) => plain(value.slice(value.indexOf(":") + 1));
const plain = (base64: string) => base64.replaceAll("-", "+").replaceAll("_", "/").replaceAll("=", "");

/** What may serve a developer but not people who sign in: refused when `WATCHWORD_ENV` is `production`. */
export function productionProblems(
  names: readonly VariableName[],
  env: Record<string, string | undefined>,
  values: Values,
): Problem[] {
  const problems: Problem[] = [];
  const refuse = (variable: VariableName, message: string) => {
    if (names.includes(variable) && !problems.some((problem) => problem.variable === variable))
      problems.push({ variable, message });
  };

  const defaults = developmentDefaults(env);
  for (const name of developmentCredentials) {
    const value = env[name] ?? "";
    const isDefault =
      name === "WATCHWORD_SECRETS" ? plain(value).includes(secretPart(defaults[name] ?? "")) : value === defaults[name];
    if (isDefault) refuse(name, "is the public development value; production needs one of your own");
  }
  if (String(values.ALLOWED_COUNTRIES) === "*")
    refuse("ALLOWED_COUNTRIES", "must name the countries that you send to, such as US,GB,FR");
  if (typeof values.API_KEY === "string" && values.API_KEY.length < 24)
    refuse("API_KEY", "must be at least 24 characters (openssl rand -hex 32)");
  for (const name of ["DASHBOARD_PASSWORD", "DASHBOARD_VIEWER_PASSWORD"] as const) {
    const password = values[name];
    if (typeof password === "string" && password.length < 12) refuse(name, "must be at least 12 characters");
  }
  if (typeof values.METRICS_TOKEN === "string" && values.METRICS_TOKEN.length < 24)
    refuse("METRICS_TOKEN", "must be at least 24 characters (openssl rand -hex 32)");
  if (Number(values.OTP_EXPIRY_SECONDS) < MIN_LIFE_SECONDS)
    refuse("OTP_EXPIRY_SECONDS", `must be at least ${MIN_LIFE_SECONDS}: an SMS takes its time`);
  if (String(values.PUBLIC_URL).startsWith("http:"))
    refuse("PUBLIC_URL", "must be https: carriers and applications reach Watchword over it");
  if (String(values.TELNYX_BASE_URL).startsWith("http:")) {
    refuse("TELNYX_BASE_URL", "must be https, such as https://api.telnyx.com/v2: codes travel over it");
  }
  if (values.TELNYX_PHONE_NUMBER === undefined && values.TELNYX_MESSAGING_PROFILE_ID === undefined) {
    refuse(
      "TELNYX_PHONE_NUMBER",
      "must be set, or TELNYX_MESSAGING_PROFILE_ID for a number pool: a message needs a sender",
    );
  }
  return problems;
}
