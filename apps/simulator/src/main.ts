import { runProcess } from "@watchword/process";
import { buildSimulator } from "./app.ts";

runProcess("simulator", async (config, logger) => {
  const app = buildSimulator({ latencyMs: config.SIMULATOR_LATENCY_MS, logger });
  await app.listen({ host: config.SIMULATOR_HOST, port: config.SIMULATOR_PORT });
  logger.info({ latency_ms: config.SIMULATOR_LATENCY_MS }, "simulator ready");

  return () => app.close();
});
