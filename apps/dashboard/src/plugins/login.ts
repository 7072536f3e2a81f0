import basicAuth from "@fastify/basic-auth";
import type { FastifyInstance } from "fastify";
import type { Account, FindAccount } from "../accounts.ts";
import type { LoginThrottle } from "../login-throttle.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks; known of every request that is let through, unless its route is `open`. */
    account: Account | undefined;
  }
  interface FastifyContextConfig {
    /** Needs no login. */
    open?: boolean;
  }
}

class TooManyWrongLogins extends Error {
  statusCode = 429;
  readonly waitSeconds: number;

  constructor(waitMs: number) {
    super("too many wrong logins");
    this.waitSeconds = Math.ceil(waitMs / 1000);
  }
}

/** Asks for the login of an account (HTTP Basic, RFC 7617) before anything else of a request is looked at. */
export async function requireLogin(
  app: FastifyInstance,
  findAccount: FindAccount,
  throttle: LoginThrottle,
): Promise<void> {
  app.decorateRequest("account", undefined);
  await app.register(basicAuth, {
    authenticate: { realm: "Watchword" },
    validate: (user, password, request, _reply, done) => {
      const waitMs = throttle.waitMs(request.ip, user);
      if (waitMs > 0) return done(new TooManyWrongLogins(waitMs));
      const account = findAccount({ user, password });
      if (!account) {
        throttle.wrong(request.ip, user);
        // Not the user: people type their password there.
        request.log.warn({ address: request.ip }, "a wrong login");
        return done(new Error("wrong user or password"));
      }
      request.account = account;
      done();
    },
  });
  app.addHook("onRequest", (request, reply, done) => {
    if (request.routeOptions.config.open) return done();
    app.basicAuth(request, reply, (error) => {
      if (!error) return done();
      if (error instanceof TooManyWrongLogins) {
        reply.code(429).header("retry-after", error.waitSeconds);
        void reply.send({ error: "Too many wrong logins: try again later." });
      } else {
        void reply.code(401).send({ error: "Log in with the dashboard's user and password." });
      }
    });
  });
}
