/** What a carrier says about a call, ids only. */
export interface CallEvent {
  deliveryId: string;
  /** The carrier's id of the call. */
  callId: string;
  /** `ringing`; `answered` by somebody or something; `person` / `machine`: what detection heard; `spoken`: the text was said to its end and no key pressed; `repeat`: 1 was pressed; `ended`: the call is over. */
  event: "ringing" | "answered" | "person" | "machine" | "spoken" | "repeat" | "ended";
  /** For `ended`: a stable reason, `completed` (normal clearing), `busy`, `no_answer`, `rejected`, `unreachable`, `time_limit`, `canceled`, `unspecified`; null otherwise. */
  reason: string | null;
}
