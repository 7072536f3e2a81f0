import type { CallEventJob } from "../deliveries/call-event.ts";
import type { Receipt } from "../deliveries/receipt.ts";
import type { SendOutcome } from "../deliveries/settle.ts";
import type { Channel } from "../verification.ts";

/** A request to a carrier that a worker was given to make, and what is true of it. */
export interface WorldRequest {
  /** Index of its verification. */
  of: number;
  /** Number of its delivery. */
  number: number;
  channel: Channel;
  attempt: number;
  /** What the carrier calls the message or the call that it leads to. */
  carrierId: string;
  /** Its worker has said what became of it. */
  settled: boolean;
  /** It surely led to no message and no call. */
  cameToNothing: boolean;
  /** What is known of the message or the call: that it went out, that it reached the phone, or that it never will. */
  fate: "unknown" | "out" | "reached" | "lost";
}

export type WorldEvent = CallEventJob & Pick<WorldRequest, "of" | "number">;

/** What workers and carriers do and know. */
export interface World {
  /** Whether what they say of one request agrees; it need not. */
  consistent: boolean;
  /** Newest first. */
  requests: WorldRequest[];
  /** Events of calls, newest first. */
  events: WorldEvent[];
}

export const newWorld = (consistent: boolean): World => ({ consistent, requests: [], events: [] });

/** Requests of which the carrier may tell something, on one channel. */
export const carried = ({ requests, consistent }: World, channel: Channel): WorldRequest[] =>
  requests.filter((request) => request.channel === channel && !(consistent && request.cameToNothing));

/** What a worker says of its request: only what it says first is true. */
export function outcomeOf(
  { consistent }: World,
  request: WorldRequest,
  wanted: SendOutcome["outcome"],
): SendOutcome["outcome"] {
  const refused = wanted === "retry" || wanted === "failed";
  const outcome = consistent && refused && request.fate !== "unknown" ? "sent" : wanted;
  if (request.settled) return outcome;
  request.settled = true;
  if (outcome === "retry" || outcome === "failed") request.cameToNothing = true;
  if (outcome === "sent" && request.fate === "unknown") request.fate = "out";
  return outcome;
}

/** What a carrier says of a message. */
export function receiptOf({ consistent }: World, request: WorldRequest, wanted: Receipt["status"]): Receipt["status"] {
  let status = wanted;
  if (consistent && request.fate === "lost") status = "undelivered";
  if (consistent && request.fate === "reached" && wanted === "undelivered") status = "delivered";
  if (status === "undelivered") request.fate = "lost";
  else if (status !== "sent") request.fate = "reached";
  else if (request.fate === "unknown") request.fate = "out";
  return status;
}

/** What is true after an event of a call; `said`: whether the code was said in it before. */
export function noteEvent(request: WorldRequest, event: CallEventJob["event"], said: boolean): void {
  if (said) request.fate = "reached";
  else if (event === "machine" || event === "ended") request.fate = "lost";
  else if (request.fate === "unknown") request.fate = "out";
}
