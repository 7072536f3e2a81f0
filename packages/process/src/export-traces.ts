import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Logger } from "pino";
import { reasonOf, reportExports } from "./report-exports.ts";
import type { Tracing } from "./tracing.ts";

/** A collector that hangs must not keep a process from ending within its grace period. */
const EXPORT_TIMEOUT_MS = 2000;

/** W3C trace context in and out; the requests to the carrier are traced by undici's own diagnostics. */
export function exportTraces(service: string, endpoint: string, logger: Logger): Tracing {
  const exporter = reportExports(
    new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: EXPORT_TIMEOUT_MS }),
    logger,
  );
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": `watchword-${service}`, "service.namespace": "watchword" }),
    spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: EXPORT_TIMEOUT_MS })],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const unregister = registerInstrumentations({
    tracerProvider: provider,
    instrumentations: [
      new UndiciInstrumentation({
        // A request that belongs to no trace is the exporter's own, or nobody's.
        requireParentforSpans: true,
        // The address of an application's webhook may hold a secret, and its machines are not to learn our traces.
        ignoreRequestHook: ({ headers }) => headers.includes("webhook-id"),
      }),
    ],
  });
  return {
    async stop() {
      unregister();
      exporter.hush();
      try {
        await provider.shutdown();
      } catch (error) {
        // A collector that is away is no fault of a process that has done its work.
        const reason = error instanceof Error ? reasonOf(error) : String(error);
        logger.warn({ reason }, "the last traces could not be sent");
      }
    },
  };
}
