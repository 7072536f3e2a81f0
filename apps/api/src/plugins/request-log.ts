import { parseDeliveryId, parseVerificationId } from "@watchword/otp-core";
import type { Api } from "../deps.ts";

/** One line per request: the route's pattern and never the address, a body or a header. Probes are not worth a line. */
export function logRequests(app: Api): void {
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "none";
    if (!route.startsWith("/health") && route !== "/readyz") {
      const fields = {
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
      };
      const { id = "", delivery_id: deliveryId = "" } = (request.params ?? {}) as { id?: string; delivery_id?: string };
      // Anything else in their place may be a phone number that somebody put there.
      if (parseVerificationId(id)) Object.assign(fields, { verification_id: id });
      if (parseDeliveryId(deliveryId)) Object.assign(fields, { delivery_id: deliveryId });
      request.log.info(fields, "request");
    }
    done();
  });
}
