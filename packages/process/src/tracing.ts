import type { ProcessName } from "@watchword/config";
import type { Logger } from "pino";

export interface Tracing {
  /** Sends what is left, and says in the log where that fails. */
  stop(): Promise<void>;
}

/**
 * Traces go to `endpoint` by OTLP over HTTP (`<endpoint>/v1/traces`). Without one nothing of OpenTelemetry is loaded, so
 * that it costs nothing.
 */
export async function startTracing(
  service: ProcessName,
  endpoint: string | undefined,
  logger: Logger,
): Promise<Tracing | undefined> {
  if (endpoint === undefined) return undefined;
  const { exportTraces } = await import("./export-traces.ts");
  return exportTraces(service, endpoint, logger);
}
