import {
  announceEnd,
  type DeliveryContext,
  deliveryEvent,
  type DeliveryStatus,
  parseDeliveryId,
  verificationId as idOf,
  type VerificationStatus,
  wantsEvent,
} from "@watchword/otp-core";

export interface AnnounceDeps extends Pick<DeliveryContext, "queue"> {
  /** What an application wants to be told of. */
  eventsOf: (applicationId: string) => "all" | readonly string[] | undefined;
}

/** Leaves word of what became of a delivery, and of the verification that it ended. */
export async function announce(
  { queue, eventsOf }: AnnounceDeps,
  deliveryId: string,
  { applicationId, delivery, verification }: Change,
): Promise<void> {
  const events = eventsOf(applicationId);
  const ref = parseDeliveryId(deliveryId);
  if (events === undefined || !ref) return;
  const verificationId = idOf(ref);
  const type = deliveryEvent(delivery);
  if (type && wantsEvent(events, type)) {
    await queue.notify({ type, applicationId, verificationId, deliveryId, occurredAt: new Date().toISOString() });
  }
  // The other ends are the API's to tell of.
  if (verification === "undeliverable") {
    await announceEnd({ queue }, { id: applicationId, events }, verificationId, verification);
  }
}

interface Change {
  applicationId: string;
  delivery: DeliveryStatus;
  verification: VerificationStatus;
}
