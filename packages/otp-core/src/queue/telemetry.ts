import type { Telemetry } from "bullmq";

/** Ties each job to the trace of the request that made it; undefined, and nothing loaded, where tracing is off. */
export async function queueTelemetry(tracing: boolean): Promise<Telemetry | undefined> {
  if (!tracing) return undefined;
  const { BullMQOtel } = await import("bullmq-otel");
  return new BullMQOtel({ tracerName: "watchword" });
}
