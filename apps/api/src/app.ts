import { endOfTurn, timeouts } from "@watchword/process";
import Fastify, { type FastifyError, type FastifyReply, type FastifyRequest, type onRequestHookHandler } from "fastify";
import { serializerCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import type { Api, ApiDeps } from "./deps.ts";
import { authenticate } from "./plugins/authentication.ts";
import { docs } from "./plugins/docs.ts";
import { refuseExpectations } from "./plugins/expectations.ts";
import { acceptIdempotencyKeys } from "./plugins/idempotency.ts";
import { readJsonBodies } from "./plugins/json-bodies.ts";
import { openApi } from "./plugins/openapi.ts";
import {
  handleError,
  handleNotFound,
  notFound,
  refusalFor,
  sendProblem,
  sendRateLimitFields,
  statusOf,
  unauthorized,
} from "./plugins/problems.ts";
import { logRequests } from "./plugins/request-log.ts";
import { securityHeaders, sendSecurityHeaders } from "./plugins/security-headers.ts";
import { traceRequests } from "./plugins/tracing.ts";
import { measureRequests } from "./plugins/request-metrics.ts";
import { useApiMessages, validatorOf } from "./plugins/validation.ts";
import { authRequestOtp } from "./routes/auth-request-otp.ts";
import { authVerifyOtp } from "./routes/auth-verify-otp.ts";
import { health } from "./routes/health.ts";
import { jwks } from "./routes/jwks.ts";
import { numbersErase } from "./routes/numbers-erase.ts";
import { verificationsCancel } from "./routes/verifications-cancel.ts";
import { verificationsCheck } from "./routes/verifications-check.ts";
import { verificationsCreate } from "./routes/verifications-create.ts";
import { verificationsErase } from "./routes/verifications-erase.ts";
import { verificationsRead } from "./routes/verifications-read.ts";
import { verificationsResend } from "./routes/verifications-resend.ts";
import { webhooksTelnyx } from "./routes/webhooks-telnyx.ts";
import { serverOptions } from "./server-options.ts";

export type { ApiDeps } from "./deps.ts";

/** How long an idempotency key stays taken by a request that was cut off. */
const IDEMPOTENCY_LOCK_MS = timeouts.requestMs + 2000;

/** The HTTP API as an injectable app: it owns no process, no signal and no connection. */
export async function buildApi(deps: ApiDeps): Promise<Api> {
  const headers = securityHeaders(deps.publicUrl);
  const app = Fastify(serverOptions(deps, headers)).withTypeProvider<ZodTypeProvider>();
  useApiMessages();
  app.setValidatorCompiler(validatorOf);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(handleError);
  app.setNotFoundHandler(handleNotFound);
  readJsonBodies(app);
  refuseExpectations(app, headers, deps);
  sendSecurityHeaders(app, headers);
  logRequests(app, deps.logger);
  if (deps.tracing) traceRequests(app);
  app.addHook("preHandler", endOfTurn);
  if (deps.metrics) measureRequests(app, deps.metrics);
  await openApi(app, deps);
  await docs(app);

  await app.register(async (scope: Api) => {
    for (const route of [health, jwks]) route(scope, deps);
  });
  const needsKey = authenticate(deps.applications, (request, reply) => sendProblem(reply, unauthorized(request)));
  await app.register(async (scope: Api) => {
    scope.addHook("onRequest", needsKey);
    acceptIdempotencyKeys(scope, deps, IDEMPOTENCY_LOCK_MS);
    for (const route of [
      verificationsCreate,
      verificationsCheck,
      verificationsResend,
      verificationsCancel,
      verificationsRead,
      verificationsErase,
      numbersErase,
    ]) {
      route(scope, deps);
    }
  });
  const needsKeySimply = authenticate(deps.applications, (request, reply) =>
    reply
      .code(401)
      .header("www-authenticate", "Bearer")
      .send({ error: unauthorized(request).detail }),
  );
  await app.register(async (scope: Api) => {
    scope.setErrorHandler((error: FastifyError, request, reply) => {
      const refusal = refusalFor(error, request);
      sendRateLimitFields(reply, refusal);
      return reply.code(statusOf(refusal.code)).send({ error: refusal.detail });
    });
    scope.addHook("onRequest", needsKeySimply);
    for (const route of [authRequestOtp, authVerifyOtp]) route(scope, deps);
  });
  await app.register(async (scope) => webhooksTelnyx(scope, deps));
  await guardUnknown(app, "/v1", needsKey, handleNotFound);
  await guardUnknown(app, "/auth", needsKeySimply, (request, reply) =>
    reply.code(404).send({ error: notFound(request).detail }),
  );
  return app;
}

/** What is not there asks for the key like all that is, so that nobody without one learns which is which. */
async function guardUnknown(
  app: Api,
  prefix: string,
  needsKey: onRequestHookHandler,
  refuse: (request: FastifyRequest, reply: FastifyReply) => FastifyReply,
): Promise<void> {
  await app.register(
    async (scope) => {
      scope.addHook("onRequest", needsKey);
      scope.setNotFoundHandler(refuse);
    },
    { prefix },
  );
}
