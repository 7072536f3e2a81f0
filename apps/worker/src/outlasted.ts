import { setTimeout as delay } from "node:timers/promises";
import type { DeliveryContext } from "@watchword/otp-core";

/** Longer than a request to a carrier may take, and with the last look at Redis within the grace period of a stop. */
const LET_GO_AFTER_MS = 7000;
const ANSWER_WITHIN_MS = 500;

/**
 * Waits for the end of something, and gives whether an outage of Redis outlasts that. What a worker was about was written
 * down before it was begun, so that nothing is lost then: its jobs are taken over from it.
 */
export async function outlasted(
  ended: Promise<unknown>,
  redis: DeliveryContext["redis"],
  letGoAfterMs = LET_GO_AFTER_MS,
): Promise<boolean> {
  const over = new AbortController();
  const end = ended.then(() => false);
  // Of an end that nobody waits for any more nobody hears.
  end.catch(() => undefined);
  const wait = (ms: number) => delay(ms, true, { signal: over.signal }).catch(() => false);
  const isSilent = async () => {
    await wait(letGoAfterMs);
    const answered = redis.ping().then(
      () => false,
      () => true,
    );
    return Promise.race([answered, wait(ANSWER_WITHIN_MS)]);
  };
  try {
    return await Promise.race([end, isSilent().then((silent) => silent || end)]);
  } finally {
    over.abort();
  }
}
