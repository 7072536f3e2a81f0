import { carriers } from "@watchword/carriers";
import { connectForWork, createKeyring } from "@watchword/otp-core";
import { createQueues, isQueueName, queueNames, queueTelemetry } from "@watchword/otp-core/queue";
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
import { createWorkerMetrics } from "./metrics.ts";
import { createPoster } from "./notify/post.ts";
import { traceQuery } from "./trace-query.ts";
import { buildWorker } from "./app.ts";
import { createApplications } from "./applications.ts";

/** Below the grace period of a stop: a request at hand ends before the process does. */
const CARRIER_TIMEOUT_MS = 6000;

runProcess("worker", async (config, logger) => {
  const production = config.WATCHWORD_ENV === "production";
  const limits = limitSettings(config);
  const applications = createApplications(logger);
  watchApplications("worker", config, { logger, use: (list) => applications.use(withLimits(list, limits)) });
  const tracing = await startTracing("worker", config.OTEL_EXPORTER_OTLP_ENDPOINT, logger);
  const telemetry = await queueTelemetry(tracing !== undefined);
  const redis = connectForWork(config.REDIS_URL);
  const usable = watchRedis(redis, { logger, production });
  const telnyx = {
    apiKey: config.TELNYX_API_KEY,
    from: config.TELNYX_PHONE_NUMBER,
    messagingProfileId: config.TELNYX_MESSAGING_PROFILE_ID,
    baseUrl: config.TELNYX_BASE_URL,
    timeoutMs: CARRIER_TIMEOUT_MS,
    connections: config.WORKER_CONCURRENCY,
  };
  const connectionId = config.TELNYX_VOICE_CONNECTION_ID;
  const sender = carriers.telnyx.createSmsSender(telnyx);
  const caller = connectionId === undefined ? undefined : carriers.telnyx.createCaller({ ...telnyx, connectionId });
  const poster = createPoster(config.WEBHOOK_ALLOWED_HOSTS ?? []);
  const queue = createQueues(redis, telemetry);
  const operations = createOperations("worker", config);
  const metrics = operations && createWorkerMetrics(operations.registry);
  const worker = buildWorker({
    metrics,
    ...reportDecisions(logger, metrics?.decided),
    ...applications.deps,
    redis,
    mayBegin: usable,
    keyring: createKeyring(config.WATCHWORD_SECRETS),
    queue,
    telemetry,
    sender,
    caller,
    logger,
    poster,
    webhookUrl: (deliveryId) => `${config.PUBLIC_URL}/webhooks/telnyx/${deliveryId}${traceQuery()}`,
    queues: config.WORKER_QUEUES?.filter(isQueueName) ?? queueNames,
    concurrency: config.WORKER_CONCURRENCY,
    perSecond: { "sms-telnyx": config.TELNYX_SMS_PER_SECOND, "call-telnyx": config.TELNYX_CALLS_PER_SECOND },
    onWedged(queues) {
      throw new Error(`jobs wait in ${queues.join(", ")} and none has moved for too long: to be started again`);
    },
  });
  void worker.ready().then(() => logger.info({ queues: worker.queues }, "worker ready"));
  const stopOperations = await operations?.serve({
    redis,
    backlog: () => worker.backlog.latest(),
    healthy: worker.healthy,
  });

  return async () => {
    stopOperations?.();
    await worker.close();
    await Promise.all([sender.close(), caller?.close(), poster.close(), queue.close()]);
    redis.disconnect();
    await tracing?.stop();
  };
});
