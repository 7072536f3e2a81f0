import { setTimeout as delay } from "node:timers/promises";
import { type AppProcess, startApp } from "./app-process.ts";
import { ExplainedError } from "./explained-error.ts";
import type { Home } from "./home.ts";
import type { StackLog } from "./log/stack-log.ts";
import { portProblems } from "./ports.ts";
import { answers, type Condition, untilReady } from "./ready.ts";
import { resolveRedis, startOrder } from "./redis/resolve.ts";
import { messageOf, publicUrl, type RunningRedis } from "./redis/running-redis.ts";
import { untilGone } from "./remains.ts";
import { environmentOf, processNames, type Settings } from "./settings.ts";
import { claim, type StackState } from "./state.ts";
import type { StopRequest } from "./stop-request.ts";
import { addressOf, alreadyRunning, welcome } from "./welcome.ts";

const READY_MS = 30_000;
/** The apps promise to stop within 10 s. */
const STOP_MS = 12_000;
const ABANDON_MS = 5_000;

/**
 * Runs the local stack until somebody asks it to stop.
 * @throws {ExplainedError} when it cannot start or one of its processes goes away; all that was started is stopped
 * by then.
 */
export async function runStack(home: Home, settings: Settings, log: StackLog, stop: StopRequest): Promise<void> {
  const claimed = await claim(home.stateFile, settings.ports);
  if (claimed.kind === "running") throw new ExplainedError(alreadyRunning(claimed.state));
  stop.onKill(claimed.release);
  try {
    if (claimed.earlier) await untilGone(claimed.earlier, settings.ports, home.redisData, log.say);
    const problems = await portProblems(settings.ports);
    if (problems.length > 0) throw new ExplainedError(["Nothing was started.", ...problems].join("\n"));

    const resolving = resolveRedis({
      env: settings.env,
      order: startOrder,
      dataDir: home.redisData,
      durable: true,
      say: log.say,
    });
    const redis = await Promise.race([resolving, stop.requested]);
    if (typeof redis === "string") return await abandon(resolving, log);
    // The password of a container ends with it; one of REDIS_URL is not ours to write down.
    const redisUrl = redis.source === "container" ? redis.url : publicUrl(redis.url);
    const known = { ...claimed.state, redisUrl };
    claimed.update(known); // before the apps: a Redis whose stack is killed now is found by the next one
    await runApps(settings, redis, log, stop, (apps) => claimed.update({ ...known, apps }));
  } finally {
    claimed.release();
  }
}

/** Nobody wants the Redis any more that is still being found. */
async function abandon(resolving: Promise<RunningRedis>, log: StackLog): Promise<void> {
  const stopped = resolving.then(
    (redis) => redis.stop(),
    (error: Error) => log.say(error.message),
  );
  await Promise.race([stopped, delay(ABANDON_MS)]);
  log.say("Stopped before the apps were started.");
}

async function runApps(
  settings: Settings,
  redis: RunningRedis,
  log: StackLog,
  stop: StopRequest,
  started: (apps: StackState["apps"]) => void,
): Promise<void> {
  log.say(`Redis: ${redis.description}`);
  const worker = { ready: false };
  const apps = processNames.map((name) =>
    startApp(name, { ...environmentOf(name, settings), REDIS_URL: redis.url }, (line) => {
      if (name === "worker" && line.includes('"msg":"worker ready"')) worker.ready = true;
      log.line(name, line);
    }),
  );
  started(Object.fromEntries(apps.map(({ name, pid }) => [name, pid])));
  stop.onKill(() => {
    for (const app of apps) app.signal("SIGKILL");
    redis.kill();
  });

  const failed = Promise.race([
    ...apps.map(({ name, ended }) => ended.then((how) => `${name} ${how}`)),
    redis.lost.then((how) => `Redis: ${how}`),
  ]).then((what) => Promise.reject(new ExplainedError(`${what}.`)));
  const asked = Promise.race([failed, stop.requested]);

  try {
    const early = await Promise.race([asked, untilReady(conditions(settings, worker), READY_MS)]);
    if (!early) log.block(welcome(settings, redis));
    log.say(`${await asked}: stopping …`);
  } catch (error) {
    log.say(`${messageOf(error)}\nStopping everything …`);
    throw error;
  } finally {
    await stopAll(apps, redis, log);
  }
  log.say("Stopped.");
}

function conditions({ ports, worker: { LOG_LEVEL } }: Settings, worker: { ready: boolean }): Condition[] {
  // A worker says that it is ready at the level info: where that is not logged, it has to be taken on trust.
  const isHeard = ["info", "debug", "trace"].includes(LOG_LEVEL);
  return [
    answers("simulator", `${addressOf(ports, "simulator")}/health`, 200),
    answers("api", `${addressOf(ports, "api")}/healthz`, 200),
    answers("dashboard", `${addressOf(ports, "dashboard")}/`, 401),
    { name: "worker", obstacle: () => (worker.ready || !isHeard ? undefined : "it has not said that it is ready") },
  ];
}

/** The apps together first, then Redis, so that no app sees its Redis go. */
async function stopAll(apps: AppProcess[], redis: RunningRedis, log: StackLog): Promise<void> {
  await Promise.all(
    apps.map(async (app) => {
      app.signal("SIGTERM");
      const late = setTimeout(() => {
        log.say(`${app.name} has not stopped within ${STOP_MS / 1000} s: killed`);
        app.signal("SIGKILL");
      }, STOP_MS);
      await app.ended;
      clearTimeout(late);
    }),
  );
  await redis.stop();
}
