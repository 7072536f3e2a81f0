import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { createWorkerMetrics } from "../metrics.ts";
import { startBench } from "../testing/worker.fixture.ts";

interface LogLine {
  level: number;
  msg: string;
  delivery_id?: string;
  held_ms?: number;
  life_left_ms?: number;
}

/** An SMS of a code that lives for this time, to a carrier that says that it keeps it back for that time. */
async function sentAndHeld(waitSeconds: number, expirySeconds = 300) {
  const bench = await startBench({ waitSeconds, settings: { expirySeconds } });
  const registry = new Registry();
  await bench.work({ metrics: createWorkerMetrics(registry) });
  const sent = await bench.start();
  await bench.until(sent, "completed");
  expect(await bench.delivery(sent)).toMatchObject({ status: "sent" });
  const lines = bench.log().trim().split("\n");
  const warnings = lines.map((line) => JSON.parse(line) as LogLine).filter(({ level }) => level === 40);
  const count = /^watchword_carrier_hold_seconds_count\{.*\} (\d+)$/m.exec(await registry.metrics());
  return { ...sent, warnings, measured: Number(count?.[1] ?? 0) };
}

describe("a message that the carrier takes and holds back in a queue of its own", () => {
  test.each([
    ["for longer than its code lives", 14_400, 300],
    ["for longer than a person waits", 6, 300],
    ["for longer than what is left of a short life", 5, 5],
  ])("%s is measured, and warned of with the time that is left", async (_what, waitSeconds, expirySeconds) => {
    const { deliveryId, warnings, measured } = await sentAndHeld(waitSeconds, expirySeconds);
    expect(warnings).toMatchObject([{ delivery_id: deliveryId, held_ms: waitSeconds * 1000 }]);
    expect(warnings[0]?.msg).toBe("the carrier holds it in a queue of its own");
    expect(warnings[0]?.life_left_ms).toBeLessThanOrEqual(expirySeconds * 1000);
    expect(measured).toBe(1);
  });

  test("for a moment is measured alone", async () => {
    expect(await sentAndHeld(2)).toMatchObject({ warnings: [], measured: 1 });
  });

  test("not at all is neither", async () => {
    expect(await sentAndHeld(0)).toMatchObject({ warnings: [], measured: 0 });
  });
});
