import { carriers } from "@watchword/carriers";
import { connectForRequests, createKeyring, createTokenSigner } from "@watchword/otp-core";
import { createAdmission, createQueues, watchBacklog } from "@watchword/otp-core/queue";
import { runProcess, watchApplications, watchRedis } from "@watchword/process";
import { buildApi } from "./app.ts";
import { createApplications } from "./applications.ts";

runProcess("api", async (config, logger) => {
  const production = config.WATCHWORD_ENV === "production";
  const applications = createApplications();
  watchApplications("api", config, { logger, use: applications.use });
  if (production && config.APPLICATIONS_FILE !== undefined && config.API_KEY !== undefined)
    logger.warn("API_KEY opens nothing: APPLICATIONS_FILE says which keys there are");
  const redis = connectForRequests(config.REDIS_URL);
  watchRedis(redis, { logger, production });
  const queues = createQueues(redis);
  const backlog = watchBacklog(redis, {
    onError: (error) => logger.error({ err: error }, "cannot look at the queues"),
  });
  const keyring = createKeyring(config.WATCHWORD_SECRETS);
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
    applications,
    logger,
  });
  await app.listen({ host: config.API_HOST, port: config.API_PORT });
  logger.info({ environment: config.WATCHWORD_ENV }, "api ready");

  return async () => {
    backlog.stop();
    await app.close();
    await queues.close();
    redis.disconnect();
  };
});
