import type { Caller } from "@watchword/carriers";
import type { Lane } from "./deliver.ts";

export interface CallDeps {
  caller: Caller;
  /** Where a carrier posts the events of a call. */
  webhookUrl: (deliveryId: string) => string;
}

/** Dials; what is said, and whether anything is, is decided by the call's events, see `call-event.ts`. */
export const callLane =
  ({ caller, webhookUrl }: CallDeps): Lane["send"] =>
  ({ phone }, deliveryId) =>
    // The same order for every attempt: a carrier that took the first does not dial twice.
    caller.dial({ to: phone, webhookUrl: webhookUrl(deliveryId), commandId: deliveryId });
