// `pnpm bench`: measures Watchword against its references in one run, prints a table and writes .watchword/bench.json.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { createBenchCore, limitsOn } from "./bench/bench-core.ts";
import { CONNECTIONS, loadGenerator } from "./bench/load.ts";
import { Programs } from "./bench/programs.ts";
import { freePort } from "./ports.ts";
import {
  type Bench,
  bytesPerVerification,
  checkAgainstBare,
  createAgainstBare,
  endToEnd,
  latencyToCarrier,
  memoryInFlight,
  rightChecks,
  synchronousRoute,
  workerAlone,
} from "./bench/scenarios.ts";
import { repository } from "./home.ts";
import { resolveRedis } from "./redis/resolve.ts";

interface Row {
  what: string;
  measured: string;
  /** What to reach, where there is such a bound. */
  bound: string;
  reached: boolean | null;
}

const say = (line: string) => console.log(line);
const rates = (results: { rate: number }[]) => results.map(({ rate }) => Math.round(rate)).join(", ");
const fixed = (value: number, digits = 2) => value.toFixed(digits);

async function measure(bench: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  const add = (what: string, measured: string, bound = "", reached: boolean | null = null) => {
    rows.push({ what, measured, bound, reached });
    say(`${what}: ${measured}${bound && ` (bound: ${bound}, ${reached ? "reached" : "MISSED"})`}`);
  };

  const create = await createAgainstBare(bench);
  const createP50 = Math.min(...create.ours.map(({ p50Ms }) => p50Ms));
  add("POST /v1/verifications, requests/s", rates(create.ours));
  add("  bare Fastify + one Lua call + one queue.add", rates(create.reference));
  add("  ratio of the rates, with every limit on", fixed(create.ratio), "at least 0.70", create.ratio >= 0.7);

  const synchronous = await synchronousRoute(bench);
  const faster = synchronous.p50Ms / createP50;
  add("  p50, ms", `${fixed(createP50)}; synchronous route with a carrier of 150 ms: ${fixed(synchronous.p50Ms)}`);
  add("  p50, times lower than the synchronous route's", fixed(faster, 1), "at least 25", faster >= 25);

  const check = await checkAgainstBare(bench);
  add("check (wrong code), requests/s", rates(check.ours));
  add("  bare Fastify + one Lua call", rates(check.reference));
  add("  ratio of the rates", fixed(check.ratio), "at least 0.80", check.ratio >= 0.8);
  add("check (right code, token signed), requests/s", rates([await rightChecks(bench)]));

  const latency = await latencyToCarrier(bench, 500);
  add(
    "from 202 to the carrier, idle, ms",
    `p50 ${fixed(latency.p50Ms)}, p99 ${fixed(latency.p99Ms)}`,
    "p99 under 25",
    latency.p99Ms < 25,
  );

  const flow = await endToEnd(bench);
  add(
    "end to end, carrier of 1 ms, per second",
    `accepted ${Math.round(flow.acceptedPerSecond)}, sent ${Math.round(flow.sentPerSecond)}`,
  );
  const alone = await workerAlone(bench, 20_000);
  add("one worker alone, SMS/s with a carrier of 1 ms", String(Math.round(alone)), "at least 3000", alone >= 3000);
  const memory = await memoryInFlight(bench, 1000);
  const megabytes = memory.bytes / 1e6;
  add(
    "one worker, requests at a carrier of 150 ms at a time, and its memory",
    `${memory.inFlight}, ${Math.round(megabytes)} MB`,
    "1000 in under 300 MB",
    memory.inFlight >= 1000 && megabytes < 300,
  );

  const bytes = await bytesPerVerification(bench, 10_000);
  add("Redis bytes per pending verification, job included", String(Math.round(bytes)), "under 2048", bytes < 2048);
  return rows;
}

const redis = await resolveRedis({ env: process.env, order: ["server", "container", "install"], durable: false, say });
const programs = new Programs();
try {
  const [apiPort, barePort] = [await freePort(), await freePort()];
  const env = {
    WATCHWORD_ENV: "development",
    LOG_LEVEL: "info",
    REDIS_URL: redis.url,
    API_PORT: String(apiPort),
    ...limitsOn,
  };
  const core = await createBenchCore(env);
  const [api, bare] = [`http://127.0.0.1:${apiPort}`, `http://127.0.0.1:${barePort}`];
  await programs.start("apps/api/src/main.ts", [], env, `${api}/healthz`);
  await programs.start("apps/dev/src/bench/programs/bare.ts", [redis.url, String(barePort)], {}, bare);

  const conditions = {
    generator: loadGenerator,
    connections: CONNECTIONS,
    cpus: cpus().length,
    node: process.version,
    redis: redis.description,
  };
  say(
    `Load by ${loadGenerator} over ${CONNECTIONS} connections, ${cpus().length} cores, Node ${process.version}. Redis: ${redis.description}, AOF off.`,
  );
  say("Absolute numbers say little on a shared machine; the ratios are taken in turn, round by round.\n");
  const rows = await measure({ core, programs, env, redisUrl: redis.url, api, bare, seconds: 5, rounds: 3 });
  await core.close();

  const width = Math.max(...rows.map(({ what }) => what.length));
  say(
    `\n${rows.map(({ what, measured, bound, reached }) => `${what.padEnd(width)}  ${measured}${bound ? `  [${bound}: ${reached ? "reached" : "MISSED"}]` : ""}`).join("\n")}`,
  );
  mkdirSync(join(repository, ".watchword"), { recursive: true });
  writeFileSync(join(repository, ".watchword", "bench.json"), `${JSON.stringify({ conditions, rows }, null, 2)}\n`);
  say("\nWritten to .watchword/bench.json");
} finally {
  await programs.stopAll();
  await redis.stop();
}
