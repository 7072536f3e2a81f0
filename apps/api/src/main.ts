import { carriers } from "@watchword/carriers";
import {
  type Application,
  connectForRequests,
  createKeyring,
  createTokenSigner,
  isKnownCountry,
} from "@watchword/otp-core";
import { createAdmission, createQueues, queueTelemetry, watchBacklog } from "@watchword/otp-core/queue";
import { runProcess, startTracing, watchRedis } from "@watchword/process";
import { buildApi, hashApiKey } from "./app.ts";

runProcess("api", async (config, logger) => {
  const unknown = config.ALLOWED_COUNTRIES.filter((code) => code !== "*" && !isKnownCountry(code));
  if (unknown.length > 0) throw new Error(`ALLOWED_COUNTRIES names ${unknown.join(", ")}: not a country by ISO 3166`);
  const tracing = await startTracing("api", config.OTEL_EXPORTER_OTLP_ENDPOINT);
  const redis = connectForRequests(config.REDIS_URL);
  watchRedis(redis, { logger, production: config.WATCHWORD_ENV === "production" });
  const queues = createQueues(redis, await queueTelemetry(tracing !== undefined));
  const backlog = watchBacklog(redis, {
    onError: (error) => logger.error({ err: error }, "cannot look at the queues"),
  });
  const keyring = createKeyring(config.WATCHWORD_SECRETS);
  const application: Application = {
    id: "default",
    settings: {
      codeLength: config.OTP_LENGTH,
      expirySeconds: config.OTP_EXPIRY_SECONDS,
      maxAttempts: config.OTP_MAX_ATTEMPTS,
      resendGapSeconds: config.RESEND_GAP_SECONDS,
      retentionSeconds: config.RETENTION_SECONDS,
      allowedCountries: config.ALLOWED_COUNTRIES,
      allowUnassigned: config.ALLOW_UNASSIGNED_NUMBERS,
      workflow: [
        { channel: "sms", carrier: "telnyx", patienceSeconds: config.FALLBACK_AFTER_SECONDS },
        ...(config.TELNYX_VOICE_CONNECTION_ID === undefined
          ? []
          : [{ channel: "call" as const, carrier: "telnyx", patienceSeconds: config.FALLBACK_AFTER_SECONDS }]),
      ],
      fallback: config.VOICE_FALLBACK === "on",
    },
  };
  const app = await buildApi({
    core: {
      redis,
      keyring,
      queue: queues,
      admission: createAdmission(backlog),
      tokens: await createTokenSigner(keyring, config.PUBLIC_URL),
    },
    queues,
    telnyx: carriers.telnyx.createWebhookReader(config.TELNYX_PUBLIC_KEY),
    applications: [{ application, keyHash: hashApiKey(config.API_KEY) }],
    logger,
    tracing: tracing !== undefined,
  });
  await app.listen({ host: config.API_HOST, port: config.API_PORT });
  logger.info({ environment: config.WATCHWORD_ENV }, "api ready");

  return async () => {
    backlog.stop();
    await app.close();
    await queues.close();
    redis.disconnect();
    await tracing?.stop();
  };
});
