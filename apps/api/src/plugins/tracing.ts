import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { FastifyRequest } from "fastify";
import type { Api } from "../deps.ts";

const spans = new WeakMap<FastifyRequest, Span>();

/** A webhook's address carries the trace of the job that asked for it, since carriers send no context of their own. */
const carriedBy = (request: FastifyRequest): unknown => {
  const { traceparent } = (request.query ?? {}) as { traceparent?: unknown };
  return request.routeOptions.url?.startsWith("/webhooks/") && typeof traceparent === "string"
    ? { traceparent }
    : request.headers;
};

/**
 * One span per request, within the caller's trace (W3C `traceparent`). Routes are named by their pattern: an address may
 * hold anything that somebody put there.
 */
export function traceRequests(app: Api): void {
  const tracer = trace.getTracer("watchword");
  app.addHook("onRequest", (request, _reply, done) => {
    const route = request.routeOptions.url ?? "none";
    const parent = propagation.extract(context.active(), carriedBy(request));
    const attributes = { "http.request.method": request.method, "http.route": route };
    const span = tracer.startSpan(`${request.method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent);
    spans.set(request, span);
    context.with(trace.setSpan(parent, span), done);
  });
  app.addHook("onResponse", (request, reply, done) => {
    const span = spans.get(request);
    span?.setAttribute("http.response.status_code", reply.statusCode);
    if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
    done();
  });
}
