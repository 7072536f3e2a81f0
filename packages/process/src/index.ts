export { limitSettings, withLimits } from "./limit-settings.ts";
export { readConfig } from "./read-config.ts";
export { reportDecisions } from "./report-decisions.ts";
export { runCommand, runProcess, type Stop } from "./run.ts";
export { readApplications, watchApplications } from "./watch-applications.ts";
export { watchRedis } from "./watch-redis.ts";
export { startTracing, type Tracing } from "./tracing.ts";
export { trustProxies, type TrustedProxies } from "./trust-proxies.ts";
export { withRedis } from "./with-redis.ts";
