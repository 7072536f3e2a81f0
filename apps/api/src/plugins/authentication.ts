import { hashApiKey } from "@watchword/config";
import type { Application } from "@watchword/otp-core";
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from "fastify";
import type { Applications } from "../applications.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Whose key the request carries; set on every route behind `authenticate`. */
    application: Application;
  }
}

/**
 * Requires `Authorization: Bearer <api key>` (RFC 6750). What is looked up is the key's hash: the time that takes may
 * tell how a hash begins, and nobody finds a key of 24 random characters by the beginning of its hash.
 */
export function authenticate(
  applications: Pick<Applications, "find">,
  refuse: (request: FastifyRequest, reply: FastifyReply) => FastifyReply,
): onRequestHookHandler {
  return (request, reply, done) => {
    const [, key] = /^Bearer +([\x21-\x7e]{1,256})$/i.exec(request.headers.authorization ?? "") ?? [];
    const application = key === undefined ? undefined : applications.find(hashApiKey(key));
    if (application === undefined) {
      refuse(request, reply);
      return;
    }
    request.application = application;
    done();
  };
}
