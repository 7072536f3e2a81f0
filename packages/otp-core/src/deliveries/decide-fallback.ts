import type { Core, SendingApplication } from "../core.ts";
import { WatchwordError } from "../errors.ts";
import { type Admitted, admit, type Destination } from "../limits/admit.ts";
import { mustBeAllowed } from "../phone-number.ts";
import type { Channel } from "../verification.ts";

/** What the limits of an application are asked with. */
export interface LimitsContext extends Pick<Core, "redis" | "keyring" | "onDecision" | "onUncounted"> {
  /** What decides about what an application sends; undefined where this process does not know of it. */
  limitedApplication: (id: string) => SendingApplication | undefined;
}

/**
 * What is said of a delivery that the workflow added; `refusedFor` is its `error`: `limited:<policy>`, or
 * `unsupported_destination` where its country was taken off the list.
 */
export type FallbackDecision = { admitted: Admitted } | { refusedFor: string };

const LIMITED = "limited:";

/** The policy in such a reason. */
export const policyIn = (reason: string): string => reason.slice(LIMITED.length);

/**
 * Asks the application's countries, and the limits that are not the number's own, for a delivery that nobody asked for.
 * @throws {WatchwordError} `unavailable` where they cannot be read: nothing is sent then.
 */
export async function decideFallback(
  context: LimitsContext,
  application: SendingApplication,
  asked: Destination & { channel: Channel },
): Promise<FallbackDecision> {
  try {
    mustBeAllowed(asked.country, application.settings);
    return { admitted: await admit(context, application, { kind: "fallback", ...asked }) };
  } catch (error) {
    if (!(error instanceof WatchwordError)) throw error;
    if (error.code === "unsupported_destination") return { refusedFor: error.code };
    const policy = error.details.policy?.name;
    if (policy === undefined) throw error;
    return { refusedFor: LIMITED + policy };
  }
}

/** @throws {WatchwordError} `unavailable` where this process does not know of the application. */
export function limitedApplication({ limitedApplication: find }: LimitsContext, id: string): SendingApplication {
  const application = find(id);
  if (!application)
    throw new WatchwordError("unavailable", `The application ${id} is not known here: its messages wait.`);
  return application;
}
