import { setTimeout as delay } from "node:timers/promises";
import type { RedisConnection } from "@watchword/otp-core";
import { queuePrefix } from "@watchword/otp-core/queue";
import { Queue } from "bullmq";

/** What people read of a queue. */
export interface QueueText {
  displayName: string;
  description: string;
}

const texts: Record<string, QueueText> = {
  "sms-telnyx": { displayName: "SMS by Telnyx", description: "Messages to send, a job per delivery" },
  "call-telnyx": { displayName: "Calls by Telnyx", description: "Calls to make, a job per delivery" },
  receipts: { displayName: "Receipts", description: "What carriers report of deliveries, a job per event" },
  "call-events": { displayName: "Call events", description: "What carriers report of calls, a job per event" },
  escalations: { displayName: "Escalations", description: "Next steps for codes that nobody has confirmed yet" },
  notifications: { displayName: "Notifications", description: "What applications are told, a job per event" },
};

/** A queue that nobody has described yet goes by its own name. */
export const textOf = (name: string): QueueText => texts[name] ?? { displayName: name, description: "" };

export const RETRY_SECONDS = 1;

/**
 * A queue whose first contact with Redis failed stays broken for ever: another is opened until one works. It is closed,
 * since it would go on listening to the connection.
 */
export async function openQueue(name: string, redis: RedisConnection, signal: AbortSignal): Promise<Queue | undefined> {
  while (!signal.aborted) {
    const queue = new Queue(name, { connection: redis, prefix: queuePrefix(name), skipMetasUpdate: true });
    // The connection's owner reports its errors.
    queue.on("error", () => undefined);
    try {
      await queue.waitUntilReady();
      return queue;
    } catch {
      await queue.close();
      await delay(RETRY_SECONDS * 1000, undefined, { ref: false });
    }
  }
  return undefined;
}
