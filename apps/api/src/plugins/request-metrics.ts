import type { Api } from "../deps.ts";
import type { ApiMetrics } from "../metrics.ts";

/** One observation per answer, and one count where it was a refusal. */
export function measureRequests(app: Api, metrics: ApiMetrics): void {
  app.addHook("onResponse", (request, reply, done) => {
    metrics.answered({
      method: request.method,
      route: request.routeOptions.url ?? "none",
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
    });
    if (request.refusal) metrics.refused(request.refusal);
    done();
  });
}
