export {
  BACKOFF,
  type DeliveryJob,
  type DeliveryQueueName,
  deliveryQueueNames,
  type EscalationJob,
  isCallQueue,
  isQueueName,
  NOTIFICATION_ATTEMPTS,
  type QueueName,
  queueNames,
  queuePrefix,
} from "./contracts.ts";
export { createAdmission } from "./admission.ts";
export { type Backlog, type QueueBacklog, watchBacklog } from "./backlog.ts";
export { isFinished, newestJob } from "./newest-job.ts";
export { returnSlot, shortenWindow } from "./rate-window.ts";
export { createQueues, type Queues } from "./queues.ts";
export { queueTelemetry } from "./telemetry.ts";
