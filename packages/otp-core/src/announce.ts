import type { Application, Core } from "./core.ts";
import { eventId, eventsIn, type WantedEvents, wantsEvents } from "./events.ts";
import { parseVerificationId } from "./ids.ts";
import { verificationKey } from "./store/keys.ts";
import { parseRecord } from "./store/record.ts";
import { script } from "./store/scripts.ts";

const run = script("told");

/** Fields of the record: word of this event has been left. */
const TOLD = "told:";
const LOOK = `${TOLD}look`;
/** After the end of the code's life, by when nothing but a receipt can happen to a verification. */
const LOOK_AFTER_MS = 10_000;

/**
 * Leaves word of all that a record tells of and of which none has been left: once for each event, however often it is
 * called. What an outage or a crash kept from being left is left the next time, at the latest by the look that follows
 * the end of the code's life. Of an application that is not known here word is left of every event: whoever is to tell
 * it sees whether it is wanted.
 */
export async function announce(
  { redis, queue }: Pick<Core, "redis" | "queue">,
  eventsOf: (applicationId: string) => WantedEvents,
  verificationId: string,
): Promise<void> {
  const ref = parseVerificationId(verificationId);
  if (!ref) return;
  const key = verificationKey(ref);
  const fields = await redis.hgetall(key);
  const applicationId = fields["app"];
  if (applicationId === undefined) return;
  const wanted = eventsOf(applicationId);
  if (!wantsEvents(wanted)) return;

  const verification = parseRecord(ref, Object.entries(fields).flat());
  const left: string[] = [];
  for (const event of eventsIn(verification, applicationId, wanted, new Date())) {
    const field = `${TOLD}${eventId(event)}`;
    if (field in fields) continue;
    await queue.notify(event);
    left.push(field);
  }
  if (verification.status === "pending" && !(LOOK in fields)) {
    const dueAt = verification.expiresAt.getTime() + LOOK_AFTER_MS;
    // BullMQ puts it off by this process's clock, which may be fast by more than the code lives.
    await queue.lookForEvents(verificationId, Math.max(0, dueAt - Date.now()), dueAt);
    left.push(LOOK);
  }
  // Only then: a job that is added twice is one, a word that was never left is none.
  if (left.length > 0) await run(redis, [key], left);
}

/** Leaves word of a verification's end, beside the answer that tells of it and never in its way. */
export function announceEnd(core: Core, { events }: Application, verificationId: string): void {
  if (!wantsEvents(events)) return;
  announce(core, () => events, verificationId).catch((error: unknown) => core.onNotAnnounced?.(verificationId, error));
}
