import type { Channel } from "./verification.ts";

/** One way to the phone. */
export interface WorkflowStep {
  channel: Channel;
  carrier: string;
  /** How long a confirmation may take before the next step begins. */
  patienceSeconds: number;
}

export interface RouteWishes {
  /** Where it is not given, the first step's. */
  channel?: Channel | undefined;
  /** Whether the steps after the first are wanted. */
  fallback: boolean;
  /** A line that no SMS reaches. */
  landline: boolean;
}

/**
 * The steps for one verification, out of those that the operator has set up: all in their order, or from the channel
 * asked for onwards. A landline is called at once where it may be; empty where the channel is not set up.
 */
export function planRoute(
  workflow: readonly WorkflowStep[],
  { channel, fallback, landline }: RouteWishes,
): WorkflowStep[] {
  const first = workflow.findIndex((step) => channel === undefined || step.channel === channel);
  if (first < 0) return [];
  const wanted = fallback ? workflow.slice(first) : workflow.slice(first, first + 1);
  const calls = wanted.filter((step) => step.channel === "call");
  return landline && calls.length > 0 ? calls : wanted;
}

/** As the record keeps it; see `store/lua/records.md`. */
export const encodePlan = (steps: readonly WorkflowStep[]): string =>
  steps.map(({ channel, carrier, patienceSeconds }) => `${channel} ${carrier} ${patienceSeconds * 1000}`).join(",");
