import process from "node:process";
import { connectForRequests } from "@watchword/otp-core";
import { runProcess, watchRedis } from "@watchword/process";
import { buildDashboard } from "./app.ts";

runProcess("dashboard", async (config, logger) => {
  process.on("SIGHUP", () => logger.info("SIGHUP: the dashboard has nothing to read again"));
  const production = config.WATCHWORD_ENV === "production";
  const redis = connectForRequests(config.REDIS_URL);
  void watchRedis(redis, { logger, production });
  const app = await buildDashboard({
    redis,
    operator: { user: config.DASHBOARD_USER, password: config.DASHBOARD_PASSWORD },
    viewer:
      config.DASHBOARD_VIEWER_USER !== undefined && config.DASHBOARD_VIEWER_PASSWORD !== undefined
        ? { user: config.DASHBOARD_VIEWER_USER, password: config.DASHBOARD_VIEWER_PASSWORD }
        : undefined,
    production,
    trustedProxies: config.TRUSTED_PROXIES,
    logger,
  });
  await app.listen({ host: config.DASHBOARD_HOST, port: config.DASHBOARD_PORT });
  logger.info("dashboard ready");

  return async () => {
    await app.close();
    redis.disconnect();
  };
});
