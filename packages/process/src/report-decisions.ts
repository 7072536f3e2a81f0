import type { Core, Decision } from "@watchword/otp-core";
import type { Logger } from "pino";

/** What a process does with the decisions of limits: each is counted, and logged where it is news. */
export const reportDecisions = (
  logger: Logger,
  count: ((decision: Decision) => void) | undefined,
): Required<Pick<Core, "onDecision" | "onUncounted">> => ({
  onDecision(decision) {
    count?.(decision);
    const { applicationId, policy, country, mode, news } = decision;
    if (news) logger.warn({ application: applicationId, policy, country, mode }, "limit reached");
  },
  onUncounted: (error) => logger.error({ reason: error.message }, "something was not counted for the limits"),
});
