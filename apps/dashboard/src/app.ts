import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { FastifyAdapter } from "@bull-board/fastify";
import type { RedisConnection } from "@watchword/otp-core";
import { queueNames } from "@watchword/otp-core/queue";
import { fastifyLimits, type Timeouts, timeouts, trustProxies, type TrustedProxies } from "@watchword/process";
import type { Queue } from "bullmq";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { createAccounts, type Login } from "./accounts.ts";
import { createLoginThrottle } from "./login-throttle.ts";
import { guardChanges } from "./plugins/changes.ts";
import { answerErrors, sendRedisAway } from "./plugins/errors.ts";
import { requireLogin } from "./plugins/login.ts";
import { keepPageToItself } from "./plugins/page.ts";
import { refusePlainHttp } from "./plugins/plain-http.ts";
import { endPatienceOnPromotion } from "./plugins/promotions.ts";
import { openQueue, textOf } from "./queues.ts";

export interface DashboardDeps {
  redis: RedisConnection;
  /** May do what `actions.ts` allows. */
  operator: Login;
  /** May look at everything and change nothing. */
  viewer?: Login | undefined;
  /** Takes logins over TLS and loopback only. */
  production: boolean;
  /** Where a request came from, and whether over TLS, is theirs to say. */
  trustedProxies?: TrustedProxies;
  /** For a peer that may take less than the usual time. */
  timeouts?: Partial<Timeouts>;
  logger: FastifyBaseLogger;
  /** Milliseconds; for the throttle of wrong logins. */
  now?: () => number;
}

/** Bull Board over every queue, all of it behind a login. Jobs hold ids and masked numbers: nothing secret to show. */
export async function buildDashboard(deps: DashboardDeps): Promise<FastifyInstance> {
  const { redis, operator, viewer, production, trustedProxies, logger, now = () => performance.now() } = deps;
  const app = Fastify({
    // Reading a request is limited, not answering it: to empty a long queue takes its time.
    ...fastifyLimits({ ...timeouts, ...deps.timeouts, silenceMs: 0 }),
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trustProxies(trustedProxies),
  });
  await keepPageToItself(app);
  if (production) refusePlainHttp(app);
  await requireLogin(app, createAccounts(operator, viewer), createLoginThrottle(now));
  guardChanges(app);
  answerErrors(app);
  app.get("/healthz", { config: { open: true } }, () => ({ status: "ok" }));

  const closing = new AbortController();
  const opened: Queue[] = [];
  app.addHook("onRequest", async (request, reply) => {
    if (request.routeOptions.config.open || (opened.length === queueNames.length && redis.status === "ready")) return;
    await sendRedisAway(reply);
  });
  endPatienceOnPromotion(app, redis, opened);
  const serverAdapter = new FastifyAdapter();
  const uiConfig = { boardTitle: "Watchword", hideDocsLink: true };
  const board = createBullBoard({ queues: [], serverAdapter, options: { uiConfig } });
  // Bull Board makes a 500 of every error; thrown on, it comes to the handler of `answerErrors`.
  serverAdapter.setErrorHandler((error) => {
    throw error;
  });
  const open = async () => {
    const queues = await Promise.all(queueNames.map((name) => openQueue(name, redis, closing.signal)));
    opened.push(...queues.filter((queue) => queue !== undefined));
    for (const queue of opened) board.addQueue(new BullMQAdapter(queue, textOf(queue.name)));
  };
  void open();
  await app.register(serverAdapter.registerPlugin());
  app.addHook("onClose", async () => {
    closing.abort();
    await Promise.all(opened.map((queue) => queue.close()));
  });
  return app;
}
