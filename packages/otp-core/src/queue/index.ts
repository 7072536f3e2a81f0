export { BACKOFF, type DeliveryJob, type QueueName, queueNames, queuePrefix } from "./contracts.ts";
export { createQueues, type Queues } from "./queues.ts";
