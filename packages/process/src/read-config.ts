import { type Config, type ConfigError, loadConfig, type ProcessName, type ReadValues } from "@watchword/config";
import { isKnownCountry, limitProblems } from "@watchword/otp-core";
import { isCallQueue, isQueueName, queueNames } from "@watchword/otp-core/queue";

/**
 * The settings of one process.
 * @throws {ConfigError} with every problem of the process's variables.
 */
export const readConfig = <P extends ProcessName>(
  name: P,
  environment: Record<string, string | undefined>,
): Config<P> => loadConfig(name, environment, problemsOf);

/** What the settings name that there is not: countries, policies and queues are known here. */
function problemsOf({
  ALLOWED_COUNTRIES = [],
  LIMITS = {},
  PRICES,
  DAILY_BUDGET,
  WORKER_QUEUES = [],
  TELNYX_PHONE_NUMBER,
  TELNYX_VOICE_CONNECTION_ID,
}: ReadValues): ConfigError["problems"] {
  const problems: ConfigError["problems"] = [];
  for (const [variable, codes] of Object.entries({ ALLOWED_COUNTRIES, PRICES: Object.keys(PRICES ?? {}) })) {
    const unknown = codes.filter((code) => code !== "*" && !isKnownCountry(code));
    if (unknown.length > 0)
      problems.push({ variable, message: `names ${unknown.join(", ")}: not a country by ISO 3166` });
  }
  const limits = limitProblems(LIMITS);
  if (limits.length > 0) problems.push({ variable: "LIMITS", message: `is not usable: ${limits.join("; ")}` });
  if (DAILY_BUDGET !== undefined && PRICES === undefined)
    problems.push({ variable: "DAILY_BUDGET", message: "needs PRICES" });
  const queues = WORKER_QUEUES.filter((name) => !isQueueName(name));
  if (queues.length > 0) {
    const message = `names ${queues.join(", ")}; there are ${queueNames.join(", ")}`;
    problems.push({ variable: "WORKER_QUEUES", message });
  }
  const twice = WORKER_QUEUES.filter((name, at) => WORKER_QUEUES.indexOf(name) !== at);
  if (queues.length === 0 && twice.length > 0) {
    const message = `names ${[...new Set(twice)].join(", ")} more than once`;
    problems.push({ variable: "WORKER_QUEUES", message });
  }
  const unserved = WORKER_QUEUES.filter((name) => isCallQueue(name));
  if (queues.length === 0 && unserved.length > 0 && TELNYX_VOICE_CONNECTION_ID === undefined) {
    const message = `names ${unserved.join(", ")}, which cannot be served without TELNYX_VOICE_CONNECTION_ID`;
    problems.push({ variable: "WORKER_QUEUES", message });
  }
  // The worker alone has it: the API knows no sender.
  if (TELNYX_VOICE_CONNECTION_ID !== undefined && TELNYX_PHONE_NUMBER?.startsWith("+") === false) {
    const message = "must be a number in E.164 form where TELNYX_VOICE_CONNECTION_ID is set: calls come from it";
    problems.push({ variable: "TELNYX_PHONE_NUMBER", message });
  }
  return problems;
}
