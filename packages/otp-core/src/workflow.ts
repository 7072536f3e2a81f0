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
  /** What follows the first step; the application's setting decides where it is not given. */
  fallback?: "call" | "none" | undefined;
  /** A line that no SMS reaches. */
  landline: boolean;
}

interface RouteSettings {
  workflow: readonly WorkflowStep[];
  /** Whether the steps after the first are wanted. */
  fallback: boolean;
}

/**
 * The steps for one verification, out of those that the operator has set up: all in their order, or from the channel
 * asked for onwards; empty where that is not set up. Nothing but a call reaches a landline, so it is called at once
 * where any step is a call, unless the request itself wants an SMS and no call after it.
 */
export function planRoute(
  { workflow, fallback: followed }: RouteSettings,
  { channel, fallback, landline }: RouteWishes,
): WorkflowStep[] {
  const first = workflow.findIndex((step) => channel === undefined || step.channel === channel);
  if (first < 0) return [];
  const calls = workflow.filter((step) => step.channel === "call");
  const called = landline && calls.length > 0 && !(channel === "sms" && fallback === "none");
  const steps = called ? calls : workflow.slice(first);
  const follows = fallback === undefined ? followed : fallback === "call";
  return follows ? steps : steps.slice(0, 1);
}

/** As the record keeps it; see `store/lua/records.md`. */
export const encodePlan = (steps: readonly WorkflowStep[]): string =>
  steps.map(({ channel, carrier, patienceSeconds }) => `${channel} ${carrier} ${patienceSeconds * 1000}`).join(",");
