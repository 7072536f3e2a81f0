import { storeTime } from "@watchword/otp-core";
import type { Job } from "bullmq";
import type { Redis } from "ioredis";
import { RetryLater } from "../backoff.ts";
import { note } from "./note.ts";

/** BullMQ delays by the clocks of whoever adds a job and whoever takes it: small differences are no matter. */
const CLOCKS_DIFFER_MS = 1000;

/**
 * Lets nothing be done before its time by the store's clock.
 * @param dueAt ms since the epoch; the job is due where it is not given
 * @throws {RetryLater} where the clock of whoever took the job is fast: it comes back when it is due.
 */
export async function mustBeDue(job: Job, dueAt: number | undefined, redis: Redis): Promise<void> {
  const earlyMs = dueAt === undefined ? 0 : dueAt - (await storeTime(redis));
  if (earlyMs <= CLOCKS_DIFFER_MS) return;
  await note(job, `taken ${Math.ceil(earlyMs / 1000)} s early, by a clock that is not the store's`, {
    runsAgain: true,
  });
  throw new RetryLater("taken early", earlyMs);
}
