/** At most `limit` events in any window of `windowSeconds`. */
export interface RateLimitPolicy {
  /** Names the policy in `RateLimit-Policy`, logs and metrics. */
  name: string;
  limit: number;
  windowSeconds: number;
}

/**
 * Requests for a code to one number of one application: first requests, repeats within the resend gap and
 * resends count alike, so that a new verification does not start a new count.
 */
export const numberRequests: readonly RateLimitPolicy[] = [
  { name: "number-15m", limit: 5, windowSeconds: 900 },
  { name: "number-24h", limit: 10, windowSeconds: 86_400 },
];

/** `limit, window in ms` of each policy, in order: how the scripts take them. */
export const policyArguments = (policies: readonly RateLimitPolicy[]): number[] =>
  policies.flatMap(({ limit, windowSeconds }) => [limit, windowSeconds * 1000]);
