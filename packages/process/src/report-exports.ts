import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import type { Logger } from "pino";

export interface ReportedExporter extends SpanExporter {
  /** Reports nothing more: what fails from now on, whoever stops it hears. */
  hush(): void;
}

/** A connection that was refused at each of several addresses has no message of its own. */
export const reasonOf = (error: Error & { code?: unknown }): string =>
  [error.message, error.code].find((part) => part !== undefined && part !== "")?.toString() ?? error.name;

/** Says once when traces begin to be lost and once when they are taken again, however many batches that are. */
export function reportExports(exporter: SpanExporter, logger: Logger): ReportedExporter {
  let lost = 0;
  let hushed = false;
  function follow({ code, error }: ExportResult, spans: number): void {
    if (hushed) return;
    if (code === ExportResultCode.SUCCESS) {
      if (lost > 0) logger.info({ spans_lost: lost }, "traces are taken again");
      lost = 0;
      return;
    }
    if (lost === 0) {
      const reason = error === undefined ? "unknown" : reasonOf(error);
      logger.warn({ reason }, "traces cannot be sent to OTEL_EXPORTER_OTLP_ENDPOINT, and are lost until they can");
    }
    lost += spans;
  }
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        follow(result, spans.length);
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
    hush() {
      hushed = true;
    },
  };
}
