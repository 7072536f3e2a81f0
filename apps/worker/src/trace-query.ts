import { context, propagation } from "@opentelemetry/api";

/**
 * The trace at hand as a query, for addresses that a carrier calls back: its receipt then belongs to the same trace.
 * Empty where nothing is traced.
 */
export function traceQuery(): string {
  const carried: { traceparent?: string } = {};
  propagation.inject(context.active(), carried);
  return carried.traceparent === undefined ? "" : `?traceparent=${carried.traceparent}`;
}
