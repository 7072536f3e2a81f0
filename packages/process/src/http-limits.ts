/** Requests of ours are small: a body over this is a mistake or worse. */
const BODY_LIMIT_BYTES = 16 * 1024;
/** Address and header fields together; more is refused with 431. */
export const HEADER_LIMIT_BYTES: number = 16 * 1024;

/** How long a peer may take; whoever drips bytes holds a connection no longer than that. */
export interface Timeouts {
  /** From the first byte to the last of the header. */
  headersMs: number;
  /** From the first byte to the last of the body. */
  requestMs: number;
  /** Without a byte in either direction while a request is under way, its answer being made included; 0 is no limit. */
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

interface ServerLimits {
  headersTimeout: number;
  requestTimeout: number;
  keepAliveTimeout: number;
  connectionsCheckingInterval: number;
  maxHeaderSize: number;
}

/** The limits of every server, as Node's `createServer` takes them; `silenceMs` is its `server.timeout`. */
export const serverLimits = ({ headersMs, requestMs, keepAliveMs, checkEveryMs }: Timeouts): ServerLimits => ({
  headersTimeout: headersMs,
  requestTimeout: requestMs,
  keepAliveTimeout: keepAliveMs,
  connectionsCheckingInterval: checkEveryMs,
  maxHeaderSize: HEADER_LIMIT_BYTES,
});

interface FastifyLimits {
  bodyLimit: number;
  requestTimeout: number;
  connectionTimeout: number;
  keepAliveTimeout: number;
  http: ServerLimits;
}

/** The same as Fastify takes them, with the limit of a body. */
export const fastifyLimits = (given: Timeouts): FastifyLimits => ({
  bodyLimit: BODY_LIMIT_BYTES,
  // Fastify sets these three itself, whatever the server was made with.
  requestTimeout: given.requestMs,
  connectionTimeout: given.silenceMs,
  keepAliveTimeout: given.keepAliveMs,
  http: serverLimits(given),
});
