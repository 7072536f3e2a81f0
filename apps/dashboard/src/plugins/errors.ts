import { isRedisUnavailable } from "@watchword/otp-core";
import type { FastifyError, FastifyInstance, FastifyReply } from "fastify";
import { RETRY_SECONDS } from "../queues.ts";

export const sendRedisAway = (reply: FastifyReply): FastifyReply =>
  reply.code(503).header("retry-after", RETRY_SECONDS).send({ error: "Redis is not reached: try again." });

/** Answers what Bull Board throws on: a silent Redis as one that is gone, all else as its page expects it. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (isRedisUnavailable(error)) return sendRedisAway(reply);
    const status = error.statusCode ?? 500;
    if (status >= 500) request.log.error({ err: error }, "not answered");
    return reply.code(status).send({ error: { key: "ERRORS.INTERNAL_SERVER_ERROR" }, message: error.message });
  });
}
