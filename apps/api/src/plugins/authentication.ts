import { hash, timingSafeEqual } from "node:crypto";
import type { Application } from "@watchword/otp-core";
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from "fastify";

declare module "fastify" {
  interface FastifyRequest {
    /** Whose key the request carries; set on every route behind `authenticate`. */
    application: Application;
  }
}

export interface ApplicationKey {
  application: Application;
  /** SHA-256 of its API key. */
  keyHash: Buffer;
}

export const hashApiKey = (key: string): Buffer => hash("sha256", key, "buffer");

/**
 * Requires `Authorization: Bearer <api key>` (RFC 6750). Hashes are compared, all of them and in constant time, so
 * that neither the time nor the answer tells how near a guess was.
 */
export function authenticate(
  keys: readonly ApplicationKey[],
  refuse: (request: FastifyRequest, reply: FastifyReply) => FastifyReply,
): onRequestHookHandler {
  return (request, reply, done) => {
    const [, key] = /^Bearer +([\x21-\x7e]{1,256})$/i.exec(request.headers.authorization ?? "") ?? [];
    const given = hashApiKey(key ?? "");
    // oxlint-disable-next-line unicorn/prefer-array-find -- it would stop at the first match, and the time would tell which
    const [known] = keys.filter(({ keyHash }) => timingSafeEqual(given, keyHash));
    if (!key || !known) {
      refuse(request, reply);
      return;
    }
    request.application = known.application;
    done();
  };
}
