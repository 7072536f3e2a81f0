import type { Admission } from "../core.ts";
import { WatchwordError } from "../errors.ts";
import type { Backlog } from "./backlog.ts";
import { isCallQueue } from "./contracts.ts";

const MAX_RETRY_AFTER_SECONDS = 60;

/** Refuses work that could not be finished while its code lives, instead of accepting and dropping it. */
export function createAdmission(backlog: Backlog): Admission {
  const waitMs = (queue: string) => backlog.latest().find((each) => each.queue === queue)?.steadyWaitMs ?? 0;
  return {
    waitMs,
    check(queue, lifeSeconds) {
      const excessMs = waitMs(queue) - lifeSeconds * 1000;
      if (excessMs >= 0) throw tooMuchWaits(queue, excessMs);
    },
  };
}

/** @param excessMs by which the wait is longer than the code would live */
export function tooMuchWaits(queue: string, excessMs: number): WatchwordError {
  const what = isCallQueue(queue) ? "calls are waiting to be made" : "messages are waiting to be sent";
  return new WatchwordError("unavailable", `Too many ${what}: try again later.`, {
    retryAfterSeconds: Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(excessMs / 1000))),
  });
}
