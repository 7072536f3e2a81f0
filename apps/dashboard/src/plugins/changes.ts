import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { reasonAgainst } from "../actions.ts";

const toOperators = { supportsGlobalRateLimit: false };
const toViewers = { ...toOperators, readOnlyMode: true, allowRetries: false, allowCompletedRetries: false };

const isChange = ({ method }: FastifyRequest) => method !== "GET" && method !== "HEAD";

/** Lets through what may be changed by this account from this page, and logs what was. */
export function guardChanges(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    if (!isChange(request)) return;
    // A browser sends the login with requests that other sites cause: those may not change anything.
    const site = request.headers["sec-fetch-site"];
    if (site !== undefined && site !== "same-origin") return refuse(reply, "Requests from other sites are refused.");
    if (request.account?.mayChange !== true) return refuse(reply, "This login may look and change nothing.");
    const { url } = request.routeOptions;
    const reason = url === undefined ? undefined : reasonAgainst(url);
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
  const { url = "" } = request.routeOptions;
  // `/api/queues/:queueName/clean/:queueStatus` is `clean`.
  const action = url
    .replace("/api/queues", "")
    .replace(/\/:\w+/g, "")
    .slice(1)
    .replaceAll("/", " ");
  const fields = { user, action, status: reply.statusCode };
  if (reply.statusCode >= 300) return request.log.warn(fields, "not changed");
  // The queue and the job are there: in a refusal, these may be anything that somebody typed.
  const { queueName, jobId, queueStatus = "" } = request.params as Record<string, string | undefined>;
  const jobs = /^[a-z]+$/.test(queueStatus) ? queueStatus : undefined;
  request.log.info({ ...fields, queue: queueName ?? "all", job_id: jobId, jobs }, "changed");
}
