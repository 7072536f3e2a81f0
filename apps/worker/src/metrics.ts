import {
  type AttemptOutcome,
  type Channel,
  type Decision,
  type EventType,
  eventTypes,
  type Receipt,
  type SendOutcome,
} from "@watchword/otp-core";
import { atZero, countDecisions, countFinished, countryLabel, type FinishedStatus } from "@watchword/process/metrics";
import { Counter, Histogram, type Registry } from "prom-client";

export const receiptResults = ["applied", "ignored", "forgotten"] as const;
type ReceiptResult = (typeof receiptResults)[number];

export const notificationResults = ["told", "retry", "given_up", "gone", "disabled", "unwanted"] as const;
/** What a try to tell an application of an event came to. */
export type NotificationResult = (typeof notificationResults)[number];

/** By which way a message goes; both are names of ours, and few. */
interface Route {
  channel: Channel;
  carrier: string;
}

/** What a worker counts; no label holds a number, a code or an id. */
export interface WorkerMetrics {
  /** @param attempt with the ISO 3166 code of the number's country */
  attempt(attempt: Route & { outcome: AttemptOutcome; country: string | undefined }): void;
  /** One request to the carrier, from its first byte to the end of the answer. */
  carrierRequest(request: Route & { outcome: SendOutcome["outcome"] }, seconds: number): void;
  /** @param seconds for which the carrier says that it keeps a message in its own queue; only where it does */
  held(route: Route, seconds: number): void;
  /** @param seconds from the application's request for this message until the carrier took it */
  sent(route: Route, seconds: number): void;
  /** @param seconds from the application's request for this message until the phone had it, by the carrier's receipt */
  delivered(route: Route, seconds: number): void;
  receipt(receipt: Route & { status: Receipt["status"]; result: ReceiptResult }): void;
  /** @param reason a stable word of ours; what is none counts as `other` */
  callEnded(reason: string): void;
  escalated(from: Channel, to: Channel): void;
  notified(type: EventType, result: NotificationResult): void;
  /** What a limit was against of what a workflow added. */
  decided(decision: Decision): void;
  /** Verifications that the worker ended. */
  finished(status: FinishedStatus): void;
}

/** Seconds. A request is given up after 6. */
const CARRIER_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 5, 6];
/** Seconds: milliseconds on an idle system, up to the life of a code with retries. */
const SENT_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600];
const DELIVERED_BUCKETS = [0.25, 0.5, 1, 2, 3, 4, 5, 7.5, 10, 15, 20, 30, 45, 60, 120, 300, 600];

/** Seconds, past the life of any code: Telnyx keeps messages for up to four hours. */
const HELD_BUCKETS = [1, 2.5, 5, 10, 30, 60, 120, 300, 600, 3600, 14_400];

const MAX_REASONS = 40;

export function createWorkerMetrics(registry: Registry): WorkerMetrics {
  const registers = [registry];
  const attempts = new Counter({
    name: "watchword_delivery_attempts_total",
    help: "Attempts to deliver, by what they came to",
    labelNames: ["outcome", "channel", "carrier", "country"],
    registers,
  });
  const carrierRequests = new Histogram({
    name: "watchword_carrier_request_duration_seconds",
    help: "How long the carrier took to answer a request",
    labelNames: ["channel", "carrier", "outcome"],
    buckets: CARRIER_BUCKETS,
    registers,
  });
  const held = new Histogram({
    name: "watchword_carrier_hold_seconds",
    help: "How long the carrier says that it keeps a message that it took in its own queue; only of those that it keeps",
    labelNames: ["channel", "carrier"],
    buckets: HELD_BUCKETS,
    registers,
  });
  const requestToSent = new Histogram({
    name: "watchword_request_to_sent_seconds",
    help: "From the request for a message until the carrier took it",
    labelNames: ["channel", "carrier"],
    buckets: SENT_BUCKETS,
    registers,
  });
  const requestToDelivered = new Histogram({
    name: "watchword_request_to_delivered_seconds",
    help: "From the request for a message until it was delivered, by its receipt",
    labelNames: ["channel", "carrier"],
    buckets: DELIVERED_BUCKETS,
    registers,
  });
  const receipts = new Counter({
    name: "watchword_receipts_total",
    help: "Receipts of carriers, by what was made of them",
    labelNames: ["channel", "carrier", "status", "result"],
    registers,
  });
  const callsEnded = new Counter({
    name: "watchword_calls_ended_total",
    help: "Calls that ended, by why",
    labelNames: ["reason"],
    registers,
  });
  const escalations = new Counter({
    name: "watchword_escalations_total",
    help: "Deliveries followed by the next step of their workflow, by the channel of both, which may be the same",
    labelNames: ["from", "to"],
    registers,
  });
  const notifications = new Counter({
    name: "watchword_notifications_total",
    help: "Tries to tell applications of events, by what they came to",
    labelNames: ["type", "result"],
    registers,
  });
  const finished = countFinished(registry);
  // What an alert is made of: a first one is an increase only where there was a zero before.
  atZero(
    notifications,
    eventTypes.flatMap((type) => ["given_up", "gone"].map((result) => ({ type, result }))),
  );
  atZero(escalations, [{ from: "sms", to: "call" }]);

  const reasons = new Set<string>();
  /** Neither a number nor an id becomes a label, and nobody's vocabulary grows without limit. */
  const reasonLabel = (reason: string) => {
    if (!/^[a-z]+(_[a-z]+)*$/.test(reason) || reason.length > 32) return "other";
    if (reasons.size < MAX_REASONS) reasons.add(reason);
    return reasons.has(reason) ? reason : "other";
  };

  return {
    attempt: ({ outcome, channel, carrier, country }) =>
      attempts.inc({ outcome, channel, carrier, country: countryLabel(country) }),
    carrierRequest: ({ channel, carrier, outcome }, seconds) =>
      carrierRequests.observe({ channel, carrier, outcome }, seconds),
    held: ({ channel, carrier }, seconds) => held.observe({ channel, carrier }, seconds),
    sent: ({ channel, carrier }, seconds) => requestToSent.observe({ channel, carrier }, Math.max(0, seconds)),
    delivered: ({ channel, carrier }, seconds) =>
      requestToDelivered.observe({ channel, carrier }, Math.max(0, seconds)),
    receipt: ({ channel, carrier, status, result }) => receipts.inc({ channel, carrier, status, result }),
    callEnded: (reason) => callsEnded.inc({ reason: reasonLabel(reason) }),
    escalated: (from, to) => escalations.inc({ from, to }),
    notified: (type, result) => notifications.inc({ type, result }),
    decided: countDecisions(registry),
    finished,
  };
}
