import { type ApiApplication, ConfigError } from "@watchword/config";
import {
  type Budget,
  type GuardMode,
  type Limit,
  type LimitOverrides,
  limitProblems,
  type VerificationSettings,
} from "@watchword/otp-core";

/** The settings of `packages/config` that are about limits. */
interface LimitVariables {
  FRAUD_GUARD: GuardMode;
  LIMITS?: Record<string, Limit | false> | undefined;
  PRICES?: Budget["prices"] | undefined;
  DAILY_BUDGET?: number | undefined;
}

/**
 * The limits that hold for every application of this environment.
 * @throws where they name what is none, with all that is wrong.
 */
export function limitSettings({
  FRAUD_GUARD,
  LIMITS = {},
  PRICES,
  DAILY_BUDGET,
}: LimitVariables): Pick<VerificationSettings, "guard" | "limits" | "budget"> {
  const problems = limitProblems(LIMITS).map((message) => ({
    variable: "LIMITS",
    message: `is not usable: ${message}`,
  }));
  if (DAILY_BUDGET !== undefined && PRICES === undefined)
    problems.push({ variable: "DAILY_BUDGET", message: "needs PRICES" });
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    guard: FRAUD_GUARD,
    limits: LIMITS,
    ...(DAILY_BUDGET !== undefined && PRICES !== undefined && { budget: { perDay: DAILY_BUDGET, prices: PRICES } }),
  };
}

/**
 * The applications with the limits of the environment, and their own over them.
 * @throws {ConfigError} where one names a policy that there is not.
 */
export function withLimits(
  applications: readonly ApiApplication[],
  environment: ReturnType<typeof limitSettings>,
): ApiApplication[] {
  const problems = applications.flatMap(({ id, limits }) =>
    limitProblems(limits).map((message) => ({ variable: `application ${id}`, message: `limits: ${message}` })),
  );
  if (problems.length > 0) throw new ConfigError(problems);
  return applications.map((application) => ({
    ...application,
    settings: {
      ...application.settings,
      ...environment,
      limits: { ...environment.limits, ...(application.limits as LimitOverrides) },
    },
  }));
}
