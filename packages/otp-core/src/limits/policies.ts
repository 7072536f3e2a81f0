/** At most `limit` events in any window of `windowSeconds`. */
export interface RateLimitPolicy {
  /** Names the policy in `RateLimit-Policy`, problems, decisions, logs and metrics. */
  name: string;
  limit: number;
  windowSeconds: number;
}

/** What an operator may say of a policy. */
export type Limit = Omit<RateLimitPolicy, "name">;

const HOUR = 3600;
const DAY = 24 * HOUR;

/**
 * Every limit by its name, with what holds where nobody says otherwise. How each counts:
 *
 * - `number-*`, `address`, `prefix`, `sweep`: the times of the events are kept, so a window slides exactly.
 * - `country-*`, `application-*`: one count in a window that begins with its first event.
 * - `number-lock`: `limit` wrong codes with no right one between them lock for `windowSeconds`, doubling with each lock.
 * - `breaker-*`: `limit` is the percentage of verifications that has to be approved over `windowSeconds`; below it the
 *   destination is suspended for an hour, doubling.
 *
 * Requests for a code count alike: first requests, repeats within the resend gap and resends, whatever verification or
 * code they are for.
 */
export const policies = {
  "number-15m": { limit: 5, windowSeconds: 900 },
  "number-24h": { limit: 10, windowSeconds: DAY },
  /** Calls alone, which count above too. */
  "number-voice-1h": { limit: 3, windowSeconds: HOUR },
  "number-voice-24h": { limit: 5, windowSeconds: DAY },
  "number-lock": { limit: 10, windowSeconds: 900 },
  /** Of the person, as the application tells it: an IPv4 address, or the /64 of an IPv6 one. */
  address: { limit: 10, windowSeconds: HOUR },
  /** Numbers that differ in their last four digits alone. */
  prefix: { limit: 20, windowSeconds: HOUR },
  /** One more number than `limit` within a span of 100 is a sweep, and holds the prefix for `windowSeconds`. */
  sweep: { limit: 4, windowSeconds: 600 },
  "country-1h": { limit: 2000, windowSeconds: HOUR },
  "country-24h": { limit: 10_000, windowSeconds: DAY },
  "country-voice-1h": { limit: 100, windowSeconds: HOUR },
  "country-voice-24h": { limit: 500, windowSeconds: DAY },
  "application-1h": { limit: 5000, windowSeconds: HOUR },
  "application-24h": { limit: 50_000, windowSeconds: DAY },
  "breaker-country": { limit: 15, windowSeconds: HOUR },
  "breaker-prefix": { limit: 15, windowSeconds: HOUR },
} as const satisfies Record<string, Limit>;

export type PolicyName = keyof typeof policies;
export const policyNames = Object.keys(policies) as PolicyName[];
export const isPolicyName = (name: string): name is PolicyName => Object.hasOwn(policies, name);

/** What an operator changes of the policies; `false` turns one off. */
export type LimitOverrides = Partial<Record<PolicyName, Limit | false>>;

/** Lists of events are kept in one value each, `MOST_EVENTS` of `parts/events.lua` at most: no policy may need more. */
const MOST_KEPT = 200;
const kept: ReadonlySet<PolicyName> = new Set<PolicyName>([
  "number-15m",
  "number-24h",
  "number-voice-1h",
  "number-voice-24h",
  "address",
  "prefix",
  "sweep",
]);

/** Within what an operator may change a policy, both ends included. */
export interface LimitBounds {
  limit: readonly [least: number, most: number];
  windowSeconds: readonly [least: number, most: number];
  mayBeOff: boolean;
}

const boundsOf = (name: PolicyName): LimitBounds => ({
  limit: [1, name === "number-lock" || name.startsWith("breaker-") ? 100 : kept.has(name) ? MOST_KEPT : 1e9],
  windowSeconds: [60, DAY],
  mayBeOff: name !== "number-lock",
});

/** Of every policy. */
export const limitBounds: Readonly<Record<PolicyName, LimitBounds>> = Object.fromEntries(
  policyNames.map((name) => [name, boundsOf(name)]),
) as Record<PolicyName, LimitBounds>;

const isWithin = (value: number, [least, most]: LimitBounds["limit"]) =>
  Number.isInteger(value) && value >= least && value <= most;

/** What is wrong with overrides, by policy; empty where nothing is. */
export function limitProblems(overrides: Readonly<Record<string, Limit | false>>): string[] {
  return Object.entries(overrides).flatMap(([name, limit]) => {
    if (!isPolicyName(name)) return [`${name} is no policy; there are ${policyNames.join(", ")}`];
    const bounds = limitBounds[name];
    if (limit === false) return bounds.mayBeOff ? [] : [`${name} cannot be turned off`];
    if (!isWithin(limit.limit, bounds.limit)) return [`${name} must have a limit from ${bounds.limit.join(" to ")}`];
    if (!isWithin(limit.windowSeconds, bounds.windowSeconds))
      return [`${name} must have a window from ${bounds.windowSeconds.join(" to ")} seconds`];
    return [];
  });
}

const resolved = new WeakMap<LimitOverrides, Map<PolicyName, RateLimitPolicy>>();
const none: LimitOverrides = {};

function resolve(overrides: LimitOverrides): Map<PolicyName, RateLimitPolicy> {
  const map = new Map<PolicyName, RateLimitPolicy>();
  for (const name of policyNames) {
    const limit = overrides[name] ?? policies[name];
    if (limit !== false) map.set(name, { name, ...limit });
  }
  resolved.set(overrides, map);
  return map;
}

/** A policy as an application has it; undefined where it is turned off. */
export const policyOf = (overrides: LimitOverrides = none, name: PolicyName): RateLimitPolicy | undefined =>
  (resolved.get(overrides) ?? resolve(overrides)).get(name);

const existing = (list: (RateLimitPolicy | undefined)[]) => list.filter((policy) => policy !== undefined);

/** For requests to one number of one application. */
export const numberPolicies = (overrides?: LimitOverrides): RateLimitPolicy[] =>
  existing([policyOf(overrides, "number-15m"), policyOf(overrides, "number-24h")]);
/** The same for calls to it. */
export const numberVoicePolicies = (overrides?: LimitOverrides): RateLimitPolicy[] =>
  existing([policyOf(overrides, "number-voice-1h"), policyOf(overrides, "number-voice-24h")]);
/** The lock of a number, which is never off. */
export const numberLock = (overrides?: LimitOverrides): RateLimitPolicy =>
  policyOf(overrides, "number-lock") ?? { name: "number-lock", ...policies["number-lock"] };

/** `name limit window_ms …`: how the scripts take policies. */
export const policyArguments = (list: readonly RateLimitPolicy[]): string =>
  list.map(({ name, limit, windowSeconds }) => `${name} ${limit} ${windowSeconds * 1000}`).join(" ");
