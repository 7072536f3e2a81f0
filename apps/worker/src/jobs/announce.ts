import {
  announce,
  type DeliveryContext,
  parseDeliveryId,
  verificationId,
  type WantedEvents,
  wantsEvents,
} from "@watchword/otp-core";

export interface AnnounceDeps extends Pick<DeliveryContext, "redis" | "queue"> {
  /** What an application wants to be told of. */
  eventsOf: (applicationId: string) => WantedEvents;
}

/**
 * Leaves word of what became of a delivery, and of the verification that it ended. A job that fails here runs again, and
 * comes here again whatever it finds then.
 * @param applicationId where it is known: nothing is read for one that wants no events
 */
export async function announceDelivery(deps: AnnounceDeps, deliveryId: string, applicationId?: string): Promise<void> {
  const ref = parseDeliveryId(deliveryId);
  if (!ref || (applicationId !== undefined && !wantsEvents(deps.eventsOf(applicationId)))) return;
  await announce(deps, deps.eventsOf, verificationId(ref));
}
