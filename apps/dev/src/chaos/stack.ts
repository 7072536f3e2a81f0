import { type AppProcess, startApp } from "../app-process.ts";
import { freePort } from "../ports.ts";
import { answers } from "../ready.ts";
import { API_KEY } from "./api-client.ts";
import { type Carrier, carrierAt } from "./carrier.ts";
import { type RedisNode, redisNode } from "./redis-node.ts";
import { mustBe, type Run } from "./run.ts";

const READY_MS = 40_000;
/** Of an app that is not asked for more. */
const KEPT_LINES = 400;

export interface App extends AppProcess {
  /** Empty for a worker. */
  origin: string;
  /** How it ended, once it has. */
  exit: string | undefined;
  /** The last lines of its log. */
  lines: string[];
}

export interface AppOptions {
  /** Over those of the stack. */
  env?: Record<string, string>;
  /** The port to listen on; a free one unless said. */
  port?: number;
  /** URLs of modules that run before it. */
  preloads?: string[];
  /** Not to wait until it is ready. */
  unready?: true;
}

/** Watchword as it runs in production: every process its own, on loopback, with a carrier that is simulated. */
export interface Stack {
  run: Run;
  redis: RedisNode;
  carrier: Carrier;
  /** Every one that was ever started, ended ones too. */
  apps: App[];
  api: App;
  workers: App[];
  start(name: "api" | "worker" | "dashboard", options?: AppOptions): Promise<App>;
}

export interface StackOptions {
  workers?: number;
  /** How long the carrier takes to answer. */
  latencyMs?: number;
  /** Of the API, the workers and the dashboard. */
  env?: Record<string, string>;
  /** Not to start Redis, and not to wait for what needs it. */
  redisAway?: true;
  /** Another Redis than one node. */
  redisUrl?: string;
  /** How many lines of each log are kept, the last ones. */
  keptLines?: number;
}

interface LaunchOptions extends AppOptions {
  keptLines?: number | undefined;
}

function launch(run: Run, name: AppProcess["name"], env: Record<string, string>, options: LaunchOptions): App {
  const { keptLines = KEPT_LINES } = options;
  const lines: string[] = [];
  const keep = (line: string) => {
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
  };
  // Nothing of the caller's environment: a real carrier's credential in it must not get near a process of this.
  const { PATH = "" } = process.env;
  const started = startApp(name, { PATH, ...env, ...options.env }, keep, options.preloads);
  const app: App = { ...started, origin: "", exit: undefined, lines };
  void started.ended.then((how) => (app.exit = how));
  run.onEnd(async () => {
    app.signal("SIGKILL");
    await app.ended;
  });
  return app;
}

export async function startStack(run: Run, options: StackOptions = {}): Promise<Stack> {
  const { workers = 2, latencyMs = 0, redisAway, keptLines } = options;
  const redis = await redisNode(run, "redis");
  const [simulatorPort, apiPort] = [await freePort(), await freePort()];
  const carrier = carrierAt(`http://127.0.0.1:${simulatorPort}`);
  const env: Record<string, string> = {
    WATCHWORD_ENV: "development",
    LOG_LEVEL: "info",
    API_KEY,
    REDIS_URL: options.redisUrl ?? redis.url,
    PUBLIC_URL: `http://127.0.0.1:${apiPort}`,
    TELNYX_BASE_URL: `${carrier.origin}/v2`,
    VOICE_FALLBACK: "off",
    SIMULATOR_PORT: String(simulatorPort),
    SIMULATOR_LATENCY_MS: String(latencyMs),
    ...options.env,
  };
  const apps: App[] = [];
  const stack: Omit<Stack, "api"> & { api?: App } = {
    run,
    redis,
    carrier,
    apps,
    workers: [],
    start: async (name, options = {}) => {
      const port = options.port ?? (await freePort());
      const appEnv = { ...env, API_PORT: String(port), DASHBOARD_PORT: String(port) };
      const app = launch(run, name, appEnv, { ...options, keptLines });
      apps.push(app);
      if (name === "worker") stack.workers.push(app);
      else app.origin = `http://127.0.0.1:${port}`;
      if (!options.unready) await ready(run, app);
      return app;
    },
  };

  const simulator = launch(run, "simulator", env, { keptLines });
  simulator.origin = carrier.origin;
  if (!redisAway && !options.redisUrl) await redis.start();
  const unready = redisAway && { unready: redisAway };
  const [api] = await Promise.all([
    stack.start("api", { port: apiPort }),
    ready(run, simulator),
    ...Array.from({ length: workers }, () => stack.start("worker", { ...unready })),
  ]);
  return Object.assign(stack, { api });
}

async function ready(run: Run, app: App): Promise<void> {
  const path = { api: "/healthz", simulator: "/health", dashboard: "/", worker: "" }[app.name];
  const listens = answers(app.name, `${app.origin}${path}`, app.name === "dashboard" ? 401 : 200);
  await mustBe(run, `the ${app.name}`, READY_MS, async () => {
    if (app.exit) throw new Error(`the ${app.name} ${app.exit}: ${lastWords(app)}`);
    if (app.name === "worker") return app.lines.some((line) => line.includes('"msg":"worker ready"'));
    return (await listens.obstacle()) === undefined;
  });
}

/** The line with the error, where there is one: what follows it is its stack. */
const lastWords = ({ lines }: App) =>
  lines.findLast((line) => /^\w*Error\b|"level":60/.test(line)) ?? lines.at(-1) ?? "it said nothing";
