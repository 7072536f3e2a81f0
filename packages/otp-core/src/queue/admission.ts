import type { Admission } from "../core.ts";
import { WatchwordError } from "../errors.ts";
import type { Backlog } from "./backlog.ts";
import { isCallQueue } from "./contracts.ts";

const MAX_RETRY_AFTER_SECONDS = 60;

/** Refuses work that could not be finished while its code lives, instead of accepting and dropping it. */
export function createAdmission(backlog: Backlog): Admission {
  return {
    check(queue, lifeSeconds) {
      const waitMs = backlog.latest().find((each) => each.queue === queue)?.steadyWaitMs ?? 0;
      const excess = waitMs / 1000 - lifeSeconds;
      if (excess < 0) return;
      const what = isCallQueue(queue) ? "calls are waiting to be made" : "messages are waiting to be sent";
      throw new WatchwordError("unavailable", `Too many ${what}: try again later.`, {
        retryAfterSeconds: Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(excess))),
      });
    },
  };
}
