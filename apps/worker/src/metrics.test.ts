import { attemptOutcomes } from "@watchword/otp-core";
import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { createWorkerMetrics, type WorkerMetrics } from "./metrics.ts";

const route = { channel: "sms", carrier: "telnyx" } as const;

function worker(): WorkerMetrics & { lines: () => Promise<string[]> } {
  const registry = new Registry();
  return {
    ...createWorkerMetrics(registry),
    lines: async () => (await registry.metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#")),
  };
}

describe("the metrics of a worker", () => {
  test("count attempts by outcome, way and country", async () => {
    const metrics = worker();
    for (const outcome of attemptOutcomes) metrics.attempt({ ...route, outcome, country: "US" });
    metrics.attempt({ ...route, outcome: "sent", country: "US" });
    const lines = await metrics.lines();
    const labels = 'channel="sms",carrier="telnyx",country="US"';
    expect(lines).toContain(`watchword_delivery_attempts_total{outcome="sent",${labels}} 2`);
    for (const outcome of attemptOutcomes.slice(1)) {
      expect(lines).toContain(`watchword_delivery_attempts_total{outcome="${outcome}",${labels}} 1`);
    }
  });

  test("measure in seconds what the carrier, its queue, the sending and the delivering took", async () => {
    const metrics = worker();
    metrics.carrierRequest({ ...route, outcome: "uncertain" }, 5.5);
    metrics.held(route, 400);
    metrics.sent(route, 0.02);
    metrics.delivered(route, 7);
    const lines = await metrics.lines();
    const labels = 'channel="sms",carrier="telnyx"';
    for (const line of [
      `watchword_carrier_request_duration_seconds_bucket{le="5",${labels},outcome="uncertain"} 0`,
      `watchword_carrier_request_duration_seconds_bucket{le="6",${labels},outcome="uncertain"} 1`,
      `watchword_carrier_hold_seconds_bucket{le="300",${labels}} 0`,
      `watchword_carrier_hold_seconds_bucket{le="600",${labels}} 1`,
      `watchword_request_to_sent_seconds_bucket{le="0.025",${labels}} 1`,
      `watchword_request_to_delivered_seconds_sum{${labels}} 7`,
    ]) {
      expect(lines).toContain(line);
    }
  });

  test("take a time below zero, of clocks that differ, for zero", async () => {
    const metrics = worker();
    metrics.sent(route, -3);
    metrics.delivered(route, -3);
    const sums = (await metrics.lines()).filter((line) => line.includes("_sum"));
    expect(sums.map((line) => line.split(" ")[1])).toEqual(["0", "0"]);
  });

  test("count receipts, calls, escalations, events told and ends", async () => {
    const metrics = worker();
    metrics.receipt({ ...route, status: "delivered", result: "applied" });
    metrics.callEnded("no_answer");
    metrics.escalated("sms", "call");
    metrics.notified("delivery.sent", "told");
    metrics.finished("undeliverable");
    const lines = await metrics.lines();
    for (const line of [
      'watchword_receipts_total{channel="sms",carrier="telnyx",status="delivered",result="applied"} 1',
      'watchword_calls_ended_total{reason="no_answer"} 1',
      'watchword_escalations_total{from="sms",to="call"} 1',
      'watchword_notifications_total{type="delivery.sent",result="told"} 1',
      'watchword_verifications_finished_total{status="undeliverable"} 1',
    ]) {
      expect(lines).toContain(line);
    }
  });
});

describe("a label", () => {
  const hostile = [
    "+14155550123",
    "123456",
    "dl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_1",
    'a"} 1',
    "a\nb",
    "",
    "a".repeat(33),
  ];

  test.each(hostile)("is never what only looks like a word: %j", async (text) => {
    const metrics = worker();
    metrics.callEnded(text);
    metrics.attempt({ ...route, outcome: "sent", country: text });
    const lines = await metrics.lines();
    expect(lines).toContain('watchword_calls_ended_total{reason="other"} 1');
    expect(lines).toContainEqual(expect.stringContaining('country="unknown"'));
  });

  test("has few values, however many are sent", async () => {
    const metrics = worker();
    const letter = (n: number) => String.fromCharCode(97 + (n % 26));
    for (let n = 0; n < 400; n++) metrics.callEnded(`reason_${letter(n)}${letter(Math.floor(n / 26))}`);
    const lines = (await metrics.lines()).filter((line) => line.startsWith("watchword_calls_ended_total"));
    expect(lines).toHaveLength(41);
    expect(lines).toContain('watchword_calls_ended_total{reason="other"} 360');
  });
});
