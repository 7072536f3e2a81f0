import { createHash, timingSafeEqual } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { FastifyAdapter } from "@bull-board/fastify";
import basicAuth from "@fastify/basic-auth";
import helmet from "@fastify/helmet";
import { queueNames, queuePrefix } from "@watchword/otp-core/queue";
import { Queue } from "bullmq";
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from "fastify";
import type { Redis } from "ioredis";

export interface DashboardDeps {
  redis: Redis;
  user: string;
  password: string;
  logger: FastifyBaseLogger;
}

const RETRY_SECONDS = 1;

const hash = (text: string) => createHash("sha256").update(text).digest();
const same = (given: string, expected: string) => timingSafeEqual(hash(given), hash(expected));

/** A queue whose first contact with Redis failed stays broken for ever: another is opened until one works. */
async function openQueue(name: string, redis: Redis, signal: AbortSignal): Promise<Queue | undefined> {
  while (!signal.aborted) {
    const queue = new Queue(name, { connection: redis, prefix: queuePrefix(name), skipMetasUpdate: true });
    // The connection's owner reports its errors.
    queue.on("error", () => undefined);
    try {
      await queue.waitUntilReady();
      return queue;
    } catch {
      await delay(RETRY_SECONDS * 1000, undefined, { ref: false });
    }
  }
  return undefined;
}

/** Bull Board over every queue, all of it behind a login. Jobs hold ids alone, so there is nothing secret to show. */
export async function buildDashboard({ redis, user, password, logger }: DashboardDeps): Promise<FastifyInstance> {
  const app = Fastify({ loggerInstance: logger, logController: new LogController({ disableRequestLogging: true }) });
  // Bull Board asks Google for its fonts: no other host is to learn of this page, and none may frame it.
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", "data:"],
        frameAncestors: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
      },
    },
    // Whoever puts TLS in front decides that for the whole host.
    strictTransportSecurity: false,
  });
  await app.register(basicAuth, {
    authenticate: { realm: "Watchword" },
    validate: (givenUser, givenPassword, _request, _reply, done) => {
      const right = [same(givenUser, user), same(givenPassword, password)].every(Boolean);
      done(right ? undefined : new Error("wrong user or password"));
    },
  });
  app.addHook("onRequest", (request, reply, done) => {
    app.basicAuth(request, reply, (error) => {
      if (!error) done();
      else void reply.code(401).send({ error: "Log in with the dashboard's user and password." });
    });
  });
  // A browser sends the login with requests that other sites cause: those may not change anything.
  app.addHook("onRequest", async (request, reply) => {
    const site = request.headers["sec-fetch-site"];
    if (request.method !== "GET" && site !== undefined && site !== "same-origin") {
      await reply.code(403).send({ error: "Requests from other sites are refused." });
    }
  });
  const closing = new AbortController();
  const opened: Queue[] = [];
  app.addHook("onRequest", async (_request, reply) => {
    if (opened.length === queueNames.length && redis.status === "ready") return;
    await reply.code(503).header("retry-after", RETRY_SECONDS).send({ error: "Redis is not reached: try again." });
  });
  const serverAdapter = new FastifyAdapter();
  const board = createBullBoard({ queues: [], serverAdapter, options: { uiConfig: { boardTitle: "Watchword" } } });
  const open = async () => {
    const queues = await Promise.all(queueNames.map((name) => openQueue(name, redis, closing.signal)));
    opened.push(...queues.filter((queue) => queue !== undefined));
    for (const queue of opened) board.addQueue(new BullMQAdapter(queue));
  };
  void open();
  await app.register(serverAdapter.registerPlugin());
  app.addHook("onClose", async () => {
    closing.abort();
    await Promise.all(opened.map((queue) => queue.close()));
  });
  return app;
}
