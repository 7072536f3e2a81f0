import type { FastifyInstance, FastifyRequest } from "fastify";

/**
 * Refuses what did not come over TLS before a browser is asked for a login, which would cross the network for all to
 * read. Only a request that never left the machine may do without: by a tunnel, or of an operator who sits there.
 */
export function refusePlainHttp(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    if (request.routeOptions.config.open || request.protocol === "https" || isOfThisMachine(request)) return;
    return reply.code(403).send({
      error:
        "The dashboard takes logins over TLS only: reach it through a TLS proxy that sets X-Forwarded-Proto and that " +
        "TRUSTED_PROXIES names, or over loopback, such as http://127.0.0.1 at the end of an SSH tunnel.",
    });
  });
}

/** By the name that it was asked under, unless a proxy has passed it on: that may have put its own name for us there. */
const isOfThisMachine = ({ hostname, headers }: FastifyRequest) =>
  /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(hostname) &&
  !Object.keys(headers).some((name) => /^(x-)?forwarded\b/.test(name));
