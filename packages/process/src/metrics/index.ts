export { type Backlog, jobStates, measureBacklog } from "./backlog.ts";
export { createOperations, type Operations } from "./operations.ts";
export {
  atZero,
  countDecisions,
  countFinished,
  countryLabel,
  createMetrics,
  finishedStatuses,
  type FinishedStatus,
} from "./process.ts";
export { measureRedis } from "./redis.ts";
