import { trustProxies } from "@watchword/process";
import { type FastifyHttpOptions, LogController, type RawServerDefault } from "fastify";
import type { Logger } from "pino";
import type { ApiDeps } from "./deps.ts";
import { refuseBrokenRequests } from "./plugins/broken-requests.ts";
import { handleError } from "./plugins/problems.ts";
import type { SecurityHeaders } from "./plugins/security-headers.ts";

/** Requests of applications are small: a body over this is a mistake or worse. */
const BODY_LIMIT_BYTES = 16 * 1024;
/** Address and header fields together; more is refused with 431. */
const HEADER_LIMIT_BYTES = 16 * 1024;

/** How long a peer may take; whoever drips bytes holds a connection no longer than that. */
export interface Timeouts {
  /** From the first byte to the last of the header. */
  headersMs: number;
  /** From the first byte to the last of the body. */
  requestMs: number;
  /** Without a byte in either direction while a request is under way. */
  silenceMs: number;
  /** Between two requests; above the idle time of common load balancers (60 s), so that they close first. */
  keepAliveMs: number;
  /** How often the first two are looked at. */
  checkEveryMs: number;
}

export const timeouts: Timeouts = {
  headersMs: 5000,
  requestMs: 10_000,
  silenceMs: 15_000,
  keepAliveMs: 65_000,
  checkEveryMs: 1000,
};

export function serverOptions(
  { logger, metrics, trustedProxies, timeouts: given }: ApiDeps,
  securityHeaders: SecurityHeaders,
): FastifyHttpOptions<RawServerDefault, Logger> {
  const { headersMs, requestMs, silenceMs, keepAliveMs, checkEveryMs } = { ...timeouts, ...given };
  return {
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    // A child logger per request costs more than the line it would write; lines carry the ids that matter.
    childLoggerFactory: (parent) => parent,
    trustProxy: trustProxies(trustedProxies),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: requestMs,
    connectionTimeout: silenceMs,
    keepAliveTimeout: keepAliveMs,
    http: { headersTimeout: headersMs, connectionsCheckingInterval: checkEveryMs, maxHeaderSize: HEADER_LIMIT_BYTES },
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
