import type { Core, LimitedApplication } from "../core.ts";
import { WatchwordError } from "../errors.ts";
import { type Admitted, admit, type Destination } from "../limits/admit.ts";
import type { Channel } from "../verification.ts";

/** What the limits of an application are asked with. */
export interface LimitsContext extends Pick<Core, "redis" | "keyring" | "onDecision" | "onUncounted"> {
  /** An application as far as its limits know it; undefined where this process does not know of it. */
  limitedApplication: (id: string) => LimitedApplication | undefined;
}

/** What the limits say of a delivery that the workflow added. */
export type FallbackDecision = { admitted: Admitted } | { refusedBy: string };

/**
 * Asks the limits that are not the number's own for a delivery that nobody asked for.
 * @throws {WatchwordError} `unavailable` where they cannot be read: nothing is sent then.
 */
export async function decideFallback(
  context: LimitsContext,
  application: LimitedApplication,
  asked: Destination & { channel: Channel },
): Promise<FallbackDecision> {
  try {
    return { admitted: await admit(context, application, { kind: "fallback", ...asked }) };
  } catch (error) {
    const policy = error instanceof WatchwordError ? error.details.policy?.name : undefined;
    if (policy === undefined) throw error;
    return { refusedBy: policy };
  }
}

/** @throws {WatchwordError} `unavailable` where this process does not know of the application. */
export function limitedApplication({ limitedApplication: find }: LimitsContext, id: string): LimitedApplication {
  const application = find(id);
  if (!application)
    throw new WatchwordError("unavailable", `The application ${id} is not known here: its messages wait.`);
  return application;
}
