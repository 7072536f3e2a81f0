import Fastify, { type FastifyError, LogController } from "fastify";
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import type { Api, ApiDeps } from "./deps.ts";
import { authenticate } from "./plugins/authentication.ts";
import { acceptEmptyJson } from "./plugins/empty-json.ts";
import { acceptIdempotencyKeys } from "./plugins/idempotency.ts";
import { openApi } from "./plugins/openapi.ts";
import {
  handleError,
  handleNotFound,
  refusalFor,
  sendProblem,
  sendRateLimitFields,
  statusOf,
  unauthorized,
} from "./plugins/problems.ts";
import { logRequests } from "./plugins/request-log.ts";
import { traceRequests } from "./plugins/tracing.ts";
import { measureRequests } from "./plugins/request-metrics.ts";
import { useApiMessages } from "./plugins/validation.ts";
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

export type { ApiDeps } from "./deps.ts";

/** Requests of applications are small: a body over this is a mistake or worse. */
const BODY_LIMIT_BYTES = 16 * 1024;
/** As long as a request line may be: an id of any length is one that does not exist. */
const MAX_PARAM_LENGTH = 16 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;
/** How long an idempotency key stays taken by a request that was cut off. */
const IDEMPOTENCY_LOCK_MS = REQUEST_TIMEOUT_MS + 2000;
/** Above the idle time of common load balancers (60 s), so that they close first. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** The HTTP API as an injectable app: it owns no process, no signal and no connection. */
export async function buildApi(deps: ApiDeps): Promise<Api> {
  const app = Fastify({
    loggerInstance: deps.logger,
    logController: new LogController({ disableRequestLogging: true }),
    // A child logger per request costs more than the line it would write; lines carry the ids that matter.
    childLoggerFactory: (logger) => logger,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    onProtoPoisoning: "error",
    onConstructorPoisoning: "error",
    // An address that cannot be read meets no hook.
    frameworkErrors: (error, request, reply) => {
      handleError(error, request, reply);
      if (request.refusal) deps.metrics?.refused(request.refusal);
    },
  }).withTypeProvider<ZodTypeProvider>();
  useApiMessages();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(handleError);
  app.setNotFoundHandler(handleNotFound);
  acceptEmptyJson(app);
  logRequests(app, deps.logger);
  if (deps.tracing) traceRequests(app);
  if (deps.metrics) measureRequests(app, deps.metrics);
  await openApi(app);

  await app.register(async (scope: Api) => {
    for (const route of [health, jwks]) route(scope, deps);
  });
  await app.register(async (scope: Api) => {
    scope.addHook(
      "onRequest",
      authenticate(deps.applications, (request, reply) => sendProblem(reply, unauthorized(request))),
    );
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
  await app.register(async (scope: Api) => {
    scope.setErrorHandler((error: FastifyError, request, reply) => {
      const refusal = refusalFor(error, request);
      sendRateLimitFields(reply, refusal);
      return reply.code(statusOf(refusal.code)).send({ error: refusal.detail });
    });
    scope.addHook(
      "onRequest",
      authenticate(deps.applications, (request, reply) =>
        reply
          .code(401)
          .header("www-authenticate", "Bearer")
          .send({ error: unauthorized(request).detail }),
      ),
    );
    for (const route of [authRequestOtp, authVerifyOtp]) route(scope, deps);
  });
  await app.register(async (scope) => webhooksTelnyx(scope, deps));
  return app;
}
