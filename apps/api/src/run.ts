import { carriers } from "@watchword/carriers";
import { connectForRequests, createKeyring, createTokenSigner } from "@watchword/otp-core";
import { createAdmission, createQueues, queueTelemetry, watchBacklog } from "@watchword/otp-core/queue";
import {
  limitSettings,
  reportDecisions,
  runProcess,
  startTracing,
  watchApplications,
  watchRedis,
  withLimits,
} from "@watchword/process";
import { createOperations } from "@watchword/process/metrics";
import { buildApi } from "./app.ts";
import { createApplications } from "./applications.ts";
import { createApiMetrics } from "./metrics.ts";

runProcess("api", async (config, logger) => {
  const production = config.WATCHWORD_ENV === "production";
  const applications = createApplications();
  const limits = limitSettings(config);
  watchApplications("api", config, { logger, use: (list) => applications.use(withLimits(list, limits)) });
  if (production && config.APPLICATIONS_FILE !== undefined && config.API_KEY !== undefined)
    logger.warn("API_KEY opens nothing: APPLICATIONS_FILE says which keys there are");
  const tracing = await startTracing("api", config.OTEL_EXPORTER_OTLP_ENDPOINT, logger);
  const redis = connectForRequests(config.REDIS_URL);
  void watchRedis(redis, { logger, production });
  const queues = createQueues(redis, await queueTelemetry(tracing !== undefined));
  const backlog = watchBacklog(redis, {
    onError: (error) => logger.error({ err: error }, "cannot look at the queues"),
  });
  const keyring = createKeyring(config.WATCHWORD_SECRETS);
  const operations = createOperations("api", config);
  const metrics = operations && createApiMetrics(operations.registry);
  const app = await buildApi({
    core: {
      redis,
      keyring,
      queue: queues,
      admission: createAdmission(backlog),
      storeNow: backlog.storeNow,
      tokens: await createTokenSigner(keyring, config.PUBLIC_URL),
      ...reportDecisions(logger, metrics?.decided),
      onNotAnnounced: (id, error) =>
        logger.warn({ verification_id: id, err: error }, "its application is told only when the code's life is over"),
    },
    queues,
    telnyx: carriers.telnyx.createWebhookReader(config.TELNYX_PUBLIC_KEY),
    applications,
    publicUrl: config.PUBLIC_URL,
    trustedProxies: config.TRUSTED_PROXIES,
    logger,
    tracing: tracing !== undefined,
    metrics,
  });
  const stopOperations = await operations?.serve({
    redis,
    backlog: () => backlog.latest(),
    healthy: () => true,
  });
  await app.listen({ host: config.API_HOST, port: config.API_PORT });
  logger.info({ environment: config.WATCHWORD_ENV }, "api ready");

  return async () => {
    backlog.stop();
    stopOperations?.();
    await app.close();
    await queues.close();
    redis.disconnect();
    await tracing?.stop();
  };
});
