import type { LimitOverrides as DeclaredLimits } from "@watchword/config";
import type { Budget, GuardMode, Limit, LimitOverrides, LimitSettings } from "@watchword/otp-core";

/** The settings of `packages/config` that are about limits. */
interface LimitVariables {
  FRAUD_GUARD: GuardMode;
  LIMITS?: Record<string, Limit | false> | undefined;
  PRICES?: Budget["prices"] | undefined;
}

/** What holds for every application that says nothing else, and what each one's budget goes by. */
interface EnvironmentLimits {
  settings: Pick<LimitSettings, "guard" | "limits">;
  prices: Budget["prices"] | undefined;
}

/** What of an application its limits are made from. */
interface Declared {
  id: string;
  limits: DeclaredLimits;
  dailyBudget: number | undefined;
  settings: Pick<LimitSettings, "expirySeconds">;
}

/** The limits that hold for every application of this environment. */
export const limitSettings = ({ FRAUD_GUARD, LIMITS = {}, PRICES }: LimitVariables): EnvironmentLimits => ({
  settings: { guard: FRAUD_GUARD, limits: LIMITS },
  prices: PRICES,
});

/** The applications with the limits of the environment, and their own over them. */
export function withLimits<A extends Declared>(
  applications: readonly A[],
  { settings, prices }: EnvironmentLimits,
): (A & { settings: A["settings"] & LimitSettings })[] {
  return applications.map((application) => ({
    ...application,
    settings: {
      ...application.settings,
      ...settings,
      limits: { ...settings.limits, ...(application.limits as LimitOverrides) },
      ...(application.dailyBudget !== undefined && prices && { budget: { perDay: application.dailyBudget, prices } }),
    },
  }));
}
