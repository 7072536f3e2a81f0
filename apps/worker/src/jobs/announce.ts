import {
  announce,
  type DeliveryContext,
  type EventsOf,
  parseDeliveryId,
  verificationId,
  wantsEvents,
} from "@watchword/otp-core";

export interface AnnounceDeps extends Pick<DeliveryContext, "redis" | "queue"> {
  /** What an application wants to be told of. */
  eventsOf: EventsOf;
}

/**
 * Leaves word of what became of a delivery, and of the verification that it ended. A job that fails here runs again, and
 * comes here again whatever it finds then.
 * @param applicationId where it is known: nothing is read for one that wants no events
 */
export async function announceDelivery(deps: AnnounceDeps, deliveryId: string, applicationId?: string): Promise<void> {
  const ref = parseDeliveryId(deliveryId);
  if (!ref || (applicationId !== undefined && unwanted(deps.eventsOf(applicationId)))) return;
  await announce(deps, deps.eventsOf, verificationId(ref));
}

const unwanted = (wanted: ReturnType<EventsOf>): boolean => wanted !== "unknown" && !wantsEvents(wanted);
