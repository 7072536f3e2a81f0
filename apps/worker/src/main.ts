import { carriers } from "@watchword/carriers";
import { connectForWork, createKeyring } from "@watchword/otp-core";
import { type QueueName, queueNames } from "@watchword/otp-core/queue";
import { runProcess, serveHealth, watchRedis } from "@watchword/process";
import { buildWorker } from "./app.ts";

/** Below the grace period of a stop: a request at hand ends before the process does. */
const CARRIER_TIMEOUT_MS = 6000;

function servedQueues(names: readonly string[] | undefined): readonly QueueName[] {
  const unknown = names?.find((name) => !queueNames.some((known) => known === name));
  if (unknown !== undefined) throw new Error(`WORKER_QUEUES names ${unknown}; there are ${queueNames.join(", ")}`);
  return names ? queueNames.filter((name) => names.includes(name)) : queueNames;
}

runProcess("worker", async (config, logger) => {
  const queues = servedQueues(config.WORKER_QUEUES);
  const production = config.WATCHWORD_ENV === "production";
  const redis = connectForWork(config.REDIS_URL);
  watchRedis(redis, { logger, production });
  const sender = carriers.telnyx.createSmsSender({
    apiKey: config.TELNYX_API_KEY,
    from: config.TELNYX_PHONE_NUMBER,
    messagingProfileId: config.TELNYX_MESSAGING_PROFILE_ID,
    baseUrl: config.TELNYX_BASE_URL,
    timeoutMs: CARRIER_TIMEOUT_MS,
    connections: config.WORKER_CONCURRENCY,
  });
  const worker = buildWorker({
    redis,
    keyring: createKeyring(config.WATCHWORD_SECRETS),
    sender,
    logger,
    brand: config.BRAND,
    autofillHost: config.AUTOFILL_HOST,
    webhookUrl: (deliveryId) => `${config.PUBLIC_URL}/webhooks/telnyx/${deliveryId}`,
    queues,
    concurrency: config.WORKER_CONCURRENCY,
  });
  void worker.ready().then(() => logger.info({ queues }, "worker ready"));
  const stopHealth =
    config.METRICS_PORT === undefined
      ? undefined
      : await serveHealth({ host: production ? "0.0.0.0" : "127.0.0.1", port: config.METRICS_PORT }, worker.healthy);

  return async () => {
    stopHealth?.();
    await worker.close();
    await sender.close();
    redis.disconnect();
  };
});
