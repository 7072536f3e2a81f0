import type { LimitOverrides as DeclaredLimits } from "@watchword/config";
import type { Budget, GuardMode, Limit, LimitOverrides, LimitSettings } from "@watchword/otp-core";

/** The settings of `packages/config` that are about limits. */
interface LimitVariables {
  FRAUD_GUARD: GuardMode;
  LIMITS?: Record<string, Limit | false> | undefined;
  PRICES?: Budget["prices"] | undefined;
  DAILY_BUDGET?: number | undefined;
}

/** What holds for every application that says nothing else. */
type EnvironmentLimits = Omit<LimitSettings, "expirySeconds">;

/** What of an application its limits are made from. */
interface Declared {
  id: string;
  limits: DeclaredLimits;
  settings: Pick<LimitSettings, "expirySeconds">;
}

/** The limits that hold for every application of this environment. */
export function limitSettings({ FRAUD_GUARD, LIMITS = {}, PRICES, DAILY_BUDGET }: LimitVariables): EnvironmentLimits {
  return {
    guard: FRAUD_GUARD,
    limits: LIMITS,
    ...(DAILY_BUDGET !== undefined && PRICES !== undefined && { budget: { perDay: DAILY_BUDGET, prices: PRICES } }),
  };
}

/** The applications with the limits of the environment, and their own over them. */
export function withLimits<A extends Declared>(
  applications: readonly A[],
  environment: EnvironmentLimits,
): (A & { settings: A["settings"] & EnvironmentLimits })[] {
  return applications.map((application) => ({
    ...application,
    settings: {
      ...application.settings,
      ...environment,
      limits: { ...environment.limits, ...(application.limits as LimitOverrides) },
    },
  }));
}
