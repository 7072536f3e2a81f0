import type { Checked, Decision, Started } from "@watchword/otp-core";
import { atZero, countDecisions, countFinished, countryLabel } from "@watchword/process/metrics";
import { Counter, Histogram, type Registry } from "prom-client";
import type { Refusal } from "./plugins/problems.ts";

export const checkResults = ["right", "wrong", "over"] as const;

export const webhookResults = ["accepted", "unsupported", "bad_signature", "malformed", "unknown_delivery"] as const;
export type WebhookResult = (typeof webhookResults)[number];

/** Of a request, all of it bounded: the route's pattern and never its address. */
interface AnsweredRequest {
  method: string;
  route: string;
  status: number;
  seconds: number;
}

/** What the API counts; no label holds a number, a code or an id. */
export interface ApiMetrics {
  /** A start may create a verification, send another message of a pending one, or neither. */
  started(started: Started): void;
  checked(checked: Checked): void;
  canceled(): void;
  /** What a limit was against, whether that was enforced or only told. */
  decided(decision: Decision): void;
  refused(refusal: Pick<Refusal, "code" | "details">): void;
  webhook(carrier: string, result: WebhookResult): void;
  answered(request: AnsweredRequest): void;
}

/** Seconds. Nearly all answers are had in a few milliseconds; the longest are refusals while Redis is silent. */
const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** A client may send any of some 35 methods that HTTP parsers know. */
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

export function createApiMetrics(registry: Registry): ApiMetrics {
  const registers = [registry];
  const started = new Counter({
    name: "watchword_verifications_started_total",
    help: "Verifications created",
    labelNames: ["channel", "country"],
    registers,
  });
  const checks = new Counter({
    name: "watchword_checks_total",
    help: "Codes checked: right, wrong, or for a verification that was over",
    labelNames: ["result"],
    registers,
  });
  const refusals = new Counter({
    name: "watchword_refusals_total",
    help: "Requests refused, by the problem's code and the policy that was reached",
    labelNames: ["code", "policy"],
    registers,
  });
  const webhooks = new Counter({
    name: "watchword_webhooks_total",
    help: "Webhooks of a carrier, by what was made of them",
    labelNames: ["carrier", "result"],
    registers,
  });
  const requests = new Histogram({
    name: "watchword_http_request_duration_seconds",
    help: "From a request's arrival to the end of its answer",
    labelNames: ["method", "route", "status"],
    buckets: REQUEST_BUCKETS,
    registers,
  });
  const finished = countFinished(registry);
  atZero(
    checks,
    checkResults.map((result) => ({ result })),
  );
  atZero(
    webhooks,
    webhookResults.map((result) => ({ carrier: "telnyx", result })),
  );

  return {
    started({ verification, created, country }) {
      if (!created) return;
      started.inc({ channel: verification.channel, country: countryLabel(country) });
    },
    checked({ valid, status, evaluated }) {
      checks.inc({ result: valid ? "right" : evaluated ? "wrong" : "over" });
      if (valid) finished("approved");
      else if (evaluated && status === "failed") finished("failed");
    },
    canceled: () => finished("canceled"),
    decided: countDecisions(registry),
    refused: ({ code, details }) => refusals.inc({ code, policy: details.policy?.name ?? "" }),
    webhook: (carrier, result) => webhooks.inc({ carrier, result }),
    answered: ({ method, route, status, seconds }) =>
      requests.observe({ method: METHODS.has(method) ? method : "other", route, status: String(status) }, seconds),
  };
}
