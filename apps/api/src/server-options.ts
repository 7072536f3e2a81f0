import { fastifyLimits, HEADER_LIMIT_BYTES, timeouts, trustProxies } from "@watchword/process";
import { type FastifyHttpOptions, LogController, type RawServerDefault } from "fastify";
import type { Logger } from "pino";
import type { ApiDeps } from "./deps.ts";
import { refuseBrokenRequests } from "./plugins/broken-requests.ts";
import { handleError } from "./plugins/problems.ts";
import type { SecurityHeaders } from "./plugins/security-headers.ts";

export function serverOptions(
  { logger, metrics, trustedProxies, timeouts: given }: ApiDeps,
  securityHeaders: SecurityHeaders,
): FastifyHttpOptions<RawServerDefault, Logger> {
  return {
    ...fastifyLimits({ ...timeouts, ...given }),
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    // A child logger per request costs more than the line it would write; lines carry the ids that matter.
    childLoggerFactory: (parent) => parent,
    trustProxy: trustProxies(trustedProxies),
    // Whatever address gets through is looked up: an id of any length is one that does not exist.
    routerOptions: { maxParamLength: HEADER_LIMIT_BYTES },
    onProtoPoisoning: "error",
    onConstructorPoisoning: "error",
    // What still arrives while the process ends is answered as ever: its store outlives it.
    return503OnClosing: false,
    // An address that cannot be read meets no hook.
    frameworkErrors: (error, request, reply) => {
      handleError(error, request, reply.headers(securityHeaders));
      if (request.refusal) metrics?.refused(request.refusal);
    },
    clientErrorHandler: refuseBrokenRequests(securityHeaders, { logger, metrics }),
  };
}
