export {
  atZero,
  countFinished,
  countryLabel,
  createMetrics,
  finishedStatuses,
  type FinishedStatus,
} from "./metrics.ts";
export { type Backlog, jobStates, measureBacklog } from "./metrics-backlog.ts";
export { measureRedis } from "./metrics-redis.ts";
export { serveHealth, serveOperations } from "./operations.ts";
export { runProcess, type Stop } from "./run.ts";
export { watchRedis } from "./watch-redis.ts";
