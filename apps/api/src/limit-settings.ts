import { type Budget, type GuardMode, type Limit, limitProblems, type VerificationSettings } from "@watchword/otp-core";

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
  const problems = limitProblems(LIMITS);
  if (problems.length > 0) throw new Error(`LIMITS is not usable: ${problems.join("; ")}`);
  if (DAILY_BUDGET !== undefined && PRICES === undefined) throw new Error("DAILY_BUDGET needs PRICES");
  return {
    guard: FRAUD_GUARD,
    limits: LIMITS,
    ...(DAILY_BUDGET !== undefined && PRICES !== undefined && { budget: { perDay: DAILY_BUDGET, prices: PRICES } }),
  };
}
