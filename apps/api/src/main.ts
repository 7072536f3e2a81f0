import { carriers } from "@watchword/carriers";
import {
  type Application,
  connectForRequests,
  createKeyring,
  createTokenSigner,
  isKnownCountry,
} from "@watchword/otp-core";
import { createQueues } from "@watchword/otp-core/queue";
import { runProcess, watchRedis } from "@watchword/process";
import { buildApi, hashApiKey } from "./app.ts";

runProcess("api", async (config, logger) => {
  const unknown = config.ALLOWED_COUNTRIES.filter((code) => code !== "*" && !isKnownCountry(code));
  if (unknown.length > 0) throw new Error(`ALLOWED_COUNTRIES names ${unknown.join(", ")}: not a country by ISO 3166`);
  const redis = connectForRequests(config.REDIS_URL);
  watchRedis(redis, { logger, production: config.WATCHWORD_ENV === "production" });
  const queues = createQueues(redis);
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
      channels: ["sms"],
    },
  };
  const app = await buildApi({
    core: { redis, keyring, queue: queues, tokens: await createTokenSigner(keyring, config.PUBLIC_URL) },
    queues,
    telnyx: carriers.telnyx.createWebhookReader(config.TELNYX_PUBLIC_KEY),
    applications: [{ application, keyHash: hashApiKey(config.API_KEY) }],
    logger,
  });
  await app.listen({ host: config.API_HOST, port: config.API_PORT });
  logger.info({ environment: config.WATCHWORD_ENV }, "api ready");

  return async () => {
    await app.close();
    await queues.close();
    redis.disconnect();
  };
});
