// A process of its own, for what `runProcess` does to a process: run with the name of a behaviour.
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { connectForRequests } from "@watchword/otp-core";
import type { Logger } from "pino";
import { runProcess, type Stop, watchApplications, watchRedis } from "../index.ts";

const [, , name = "", argument = ""] = process.argv;
const say = (text: string): void => void process.stdout.write(`${JSON.stringify({ said: text })}\n`);
const keepAlive = () => setInterval(() => undefined, 1000);

const behaviours: Record<string, (logger: Logger) => Promise<Stop>> = {
  /** Needs a moment to stop. */
  serves: async (logger) => {
    keepAlive();
    logger.info("serving");
    return async () => {
      await delay(200);
      say("released");
    };
  },
  "only logs": async (logger) => {
    keepAlive();
    logger.info("serving");
    return async () => undefined;
  },
  "is told to stop while it starts": async () => {
    keepAlive();
    await delay(0);
    process.kill(process.pid, "SIGTERM");
    await delay(200);
    say("started");
    return async () => say("released");
  },
  "cannot start": async () => {
    throw new Error("no port is free");
  },
  "cannot stop": async (logger) => {
    keepAlive();
    logger.info("serving");
    return async () => {
      throw new Error("the queue does not close");
    };
  },
  "never stops": async (logger) => {
    keepAlive();
    logger.info("serving");
    return () => new Promise(() => undefined);
  },
  "throws later": async (logger) => {
    logger.info("a line from just before");
    setImmediate(() => {
      throw new Error("nobody catches this");
    });
    return async () => undefined;
  },
  "rejects later": async (logger) => {
    logger.info("a line from just before");
    void Promise.reject(new Error("nobody awaits this"));
    return async () => undefined;
  },
  "uses Redis in production": async (logger) => {
    keepAlive();
    const redis = connectForRequests(argument);
    void watchRedis(redis, { logger, production: true });
    return async () => redis.disconnect();
  },
};

/** The argument is the id of an application: its brand is said whenever it may have changed. */
function watchesApplications(): void {
  runProcess("worker", async (config, logger) => {
    keepAlive();
    const brands = (list: readonly { id: string; brand: string }[]) => list.map(({ id, brand }) => `${id}: ${brand}`);
    let current: readonly { id: string; brand: string }[] = [];
    watchApplications("worker", config, {
      logger,
      use(list) {
        current = list;
        say(brands(list).join(", "));
      },
    });
    process.on("SIGHUP", () => say(current.find(({ id }) => id === argument)?.brand ?? `no ${argument}`));
    logger.info("serving");
    return async () => undefined;
  });
}

const behaviour = behaviours[name];
if (name === "watches applications") {
  watchesApplications();
} else {
  if (!behaviour) throw new Error(`there is no behaviour ${name}`);
  // The simulator's settings have defaults for all that it needs.
  runProcess("simulator", (_config, logger) => behaviour(logger));
}
