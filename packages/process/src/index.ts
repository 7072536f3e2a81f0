export { limitSettings, withLimits } from "./limit-settings.ts";
export { reportDecisions } from "./report-decisions.ts";
export { runCommand, runProcess, type Stop } from "./run.ts";
export { watchApplications, type WatchedApplications } from "./watch-applications.ts";
export { watchRedis } from "./watch-redis.ts";
export { startTracing, type Tracing } from "./tracing.ts";
