import { isIP } from "node:net";
import { parseDeliveryId, parseVerificationId } from "@watchword/otp-core";
import type { FastifyReply } from "fastify";
import type { Logger } from "pino";
import type { Api } from "../deps.ts";

/**
 * One line per request: the route's pattern and never the path, a body or a header. What was refused is worth `info`;
 * what went well is `debug`, since the worker tells of every delivery. Probes are not worth a line. A 401 names the
 * address of its `client`, so that an operator sees who tries keys.
 */
export function logRequests(app: Api, logger: Logger): void {
  // Node forgets the address of a peer that is gone, unless it was asked for before.
  app.server.on("connection", (socket) => void socket.remoteAddress);
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "none";
    const level = reply.statusCode < 400 ? "debug" : "info";
    if (logger.isLevelEnabled(level) && !route.startsWith("/health") && route !== "/readyz") {
      const fields = {
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
      };
      // A trusted proxy may pass on whatever its client wrote there.
      if (reply.statusCode === 401 && isIP(request.ip) > 0) Object.assign(fields, { client: request.ip });
      const params = (request.params ?? {}) as { id?: string; delivery_id?: string };
      const { id = madeId(reply), delivery_id: deliveryId = "" } = params;
      // Anything else in their place may be a phone number that somebody put there.
      if (parseVerificationId(id)) Object.assign(fields, { verification_id: id });
      if (parseDeliveryId(deliveryId)) Object.assign(fields, { delivery_id: deliveryId });
      logger[level](fields, "request");
    }
    done();
  });
}

/** Of what the request has made. */
const madeId = (reply: FastifyReply) =>
  String(reply.getHeader("location") ?? "")
    .split("/")
    .at(-1) ?? "";
