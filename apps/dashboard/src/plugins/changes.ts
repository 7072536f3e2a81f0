import { isQueueName } from "@watchword/otp-core/queue";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { reasonAgainst } from "../actions.ts";

const toOperators = { supportsGlobalRateLimit: false };
const toViewers = { ...toOperators, readOnlyMode: true, allowRetries: false, allowCompletedRetries: false };

const isChange = ({ method }: FastifyRequest) => method !== "GET" && method !== "HEAD";

/** Over plain HTTP a browser tells the site to loopback alone, and the origin to everybody; a command line tells neither. */
function isOfAnotherSite({ headers, host }: FastifyRequest): boolean {
  const { "sec-fetch-site": site, origin } = headers;
  if (site !== undefined) return site !== "same-origin";
  // A page without an origin of its own says "null".
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host.toLowerCase());
}

/** Lets through what may be changed by this account from this page, and logs what was. */
export function guardChanges(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    if (!isChange(request)) return;
    // A browser sends the login with requests that other sites cause: those may not change anything.
    if (isOfAnotherSite(request)) return refuse(reply, "Requests from other sites are refused.");
    if (request.account?.mayChange !== true) return refuse(reply, "This login may look and change nothing.");
    const { url } = request.routeOptions;
    const { queueStatus } = request.params as { queueStatus?: string };
    const reason = url === undefined ? undefined : reasonAgainst(url, queueStatus);
    if (reason !== undefined) return refuse(reply, reason);
  });
  app.addHook("onResponse", (request, reply, done) => {
    if (isChange(request) && request.account) log(request, reply, request.account.user);
    done();
  });
  // What the page may offer follows from this.
  app.addHook("preSerialization", async (request, reply, payload) => {
    const isList = request.routeOptions.url === "/api/queues" && reply.statusCode === 200;
    if (!isList) return payload;
    const { queues, ...rest } = payload as { queues: object[] };
    const offered = request.account?.mayChange ? toOperators : toViewers;
    return { ...rest, queues: queues.map((queue) => ({ ...queue, ...offered })) };
  });
}

/** As Bull Board says it, so that its page shows the words. */
const refuse = (reply: FastifyReply, message: string) =>
  reply.code(403).send({ error: { key: "ERRORS.FORBIDDEN" }, message });

function log(request: FastifyRequest, reply: FastifyReply, user: string): void {
  const { queueName, jobId, queueStatus = "" } = request.params as Record<string, string | undefined>;
  const fields = { user, ...actionOf(request), status: reply.statusCode };
  if (reply.statusCode >= 300) {
    // Here queue and job may be anything that somebody typed.
    const queue = queueName !== undefined && isQueueName(queueName) ? queueName : undefined;
    // A silent Redis may still carry out what it was sent.
    request.log.warn({ ...fields, queue }, reply.statusCode >= 500 ? "perhaps changed" : "not changed");
    return;
  }
  const jobs = /^[a-z]+$/.test(queueStatus) ? queueStatus : undefined;
  request.log.info({ ...fields, queue: queueName ?? "all", job_id: jobId, jobs }, "changed");
}

/** `/api/queues/:queueName/clean/:queueStatus` is `clean`; what is no route is told by its method and path. */
function actionOf({
  routeOptions,
  method,
  url,
}: FastifyRequest): { action: string } | { method: string; path: string } {
  if (routeOptions.url === undefined) return { method, path: loggable(url) };
  const words = routeOptions.url.replace("/api/queues", "").replace(/\/:\w+/g, "");
  return { action: words.slice(1).replaceAll("/", " ") };
}

const MAX_LOGGED_PATH = 200;

/** A path without its query; of its parts only words are told, as anything else may be a number or a code. */
const loggable = (url: string) =>
  (url.split(/[?#]/, 1)[0] ?? "")
    .split("/")
    .map((part) => (/^[a-z-]{0,32}$/i.test(part) ? part : "*"))
    .join("/")
    .slice(0, MAX_LOGGED_PATH);
