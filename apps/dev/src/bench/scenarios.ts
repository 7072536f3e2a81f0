import { serveCarrier } from "./carrier.ts";
import { type BenchCore, newNumbers } from "./bench-core.ts";
import { type Load, type LoadResult, type Request, runLoad } from "./load.ts";
import { nodeFlags } from "../node-flags.ts";
import { freePort } from "../ports.ts";
import type { Programs } from "./programs.ts";

export interface Bench {
  core: BenchCore;
  programs: Programs;
  /** Environment of the API and the worker. */
  env: Record<string, string>;
  redisUrl: string;
  api: string;
  bare: string;
  seconds: number;
  rounds: number;
}

export interface Comparison {
  ours: LoadResult[];
  reference: LoadResult[];
  /** Of the rates, round by round; the median of them. */
  ratio: number;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const percentile = (values: number[], p: number) =>
  values.toSorted((a, b) => a - b)[Math.ceil((values.length * p) / 100) - 1] ?? Number.NaN;

/** More than any of these programs answers in a second. */
const MAX_RATE = 30_000;

const creates = (path: string, seconds: number): Request[] =>
  newNumbers(MAX_RATE * seconds).map((to) => ({ path, body: JSON.stringify({ to }) }));

const load = ({ core }: Bench, origin: string, requests: Request[], seconds: number): Load => ({
  origin,
  requests,
  seconds,
  apiKey: core.config.API_KEY ?? "",
});

/** After fewer requests the compiler is still at work, in a service that runs for months. */
const WARM_UP_ROUNDS = 2;

/** Both in turn, round after round, so that the machine's mood falls on both alike. */
async function compare(
  bench: Bench,
  ours: () => Promise<LoadResult>,
  reference: () => Promise<LoadResult>,
): Promise<Comparison> {
  const results: Comparison = { ours: [], reference: [], ratio: Number.NaN };
  for (let round = -WARM_UP_ROUNDS; round < bench.rounds; round++) {
    await bench.core.redis.flushall();
    const a = await ours();
    await bench.core.redis.flushall();
    const b = await reference();
    if (round >= 0) {
      results.ours.push(a);
      results.reference.push(b);
    }
  }
  results.ratio = median(results.ours.map(({ rate }, i) => rate / (results.reference[i]?.rate ?? Number.NaN)));
  return results;
}

export const createAgainstBare = (bench: Bench): Promise<Comparison> =>
  compare(
    bench,
    () => runLoad(load(bench, bench.api, creates("/v1/verifications", bench.seconds), bench.seconds)),
    () => runLoad(load(bench, bench.bare, creates("/add", bench.seconds), bench.seconds)),
  );

export async function synchronousRoute(bench: Bench): Promise<LoadResult> {
  const carrier = await serveCarrier({ port: 0, latencyMs: 150, onMessage: () => undefined });
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const program = await bench.programs.start(
    "apps/dev/src/bench/programs/synchronous.ts",
    [`http://127.0.0.1:${carrier.port}`, String(port)],
    {},
    origin,
  );
  const result = await runLoad(load(bench, origin, creates("/send", bench.seconds), bench.seconds));
  await bench.programs.stop(program);
  carrier.server.closeAllConnections();
  carrier.server.close();
  return result;
}

const WRONG_CHECKS_EACH = 9;

export const checkAgainstBare = (bench: Bench): Promise<Comparison> =>
  compare(
    bench,
    async () => {
      const ids = await bench.core.start(Math.ceil((MAX_RATE * bench.seconds) / WRONG_CHECKS_EACH / 2), false);
      return runLoad(load(bench, bench.api, await bench.core.checks(ids, false, WRONG_CHECKS_EACH), bench.seconds));
    },
    () => {
      const requests = newNumbers(MAX_RATE * bench.seconds).map((n) => ({
        path: `/lua/${n}`,
        body: '{"code":"123456"}',
      }));
      return runLoad(load(bench, bench.bare, requests, bench.seconds));
    },
  );

/** Every check right: what an approval with its signed token costs. */
export async function rightChecks(bench: Bench): Promise<LoadResult> {
  await bench.core.redis.flushall();
  const ids = await bench.core.start((MAX_RATE * bench.seconds) / 2, false);
  return runLoad(load(bench, bench.api, await bench.core.checks(ids, true, 1), bench.seconds));
}

/** From the 202 to the carrier's receipt of the request, one at a time on an idle system; in ms. */
export async function latencyToCarrier(bench: Bench, count: number): Promise<{ p50Ms: number; p99Ms: number }> {
  await bench.core.redis.flushall();
  const received = new Map<string, (at: number) => void>();
  const carrier = await serveCarrier({
    port: 0,
    latencyMs: 1,
    onMessage: (to) => received.get(to)?.(performance.now()),
  });
  const { program: worker } = await startWorker(bench, carrier.port);
  const times: number[] = [];
  for (const to of newNumbers(count + 20)) {
    const arrived = new Promise<number>((resolve) => void received.set(to, resolve));
    const answer = await fetch(`${bench.api}/v1/verifications`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${bench.core.config.API_KEY}` },
      body: JSON.stringify({ to }),
    });
    const answeredAt = performance.now();
    await answer.arrayBuffer();
    times.push(Math.max(0, (await arrived) - answeredAt));
  }
  await bench.programs.stop(worker);
  carrier.server.closeAllConnections();
  carrier.server.close();
  // The first ones warm up.
  const measured = times.slice(20);
  return { p50Ms: percentile(measured, 50), p99Ms: percentile(measured, 99) };
}

async function startWorker(bench: Bench, carrierPort: number, concurrency = 100) {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const env = {
    ...bench.env,
    TELNYX_BASE_URL: `http://127.0.0.1:${carrierPort}/v2`,
    METRICS_PORT: String(port),
    WORKER_CONCURRENCY: String(concurrency),
  };
  const program = await bench.programs.start("apps/worker/src/main.ts", [], env, `${origin}/healthz`, nodeFlags.worker);
  const residentBytes = async () => {
    const metrics = await (await fetch(`${origin}/metrics`)).text();
    return Number(/^process_resident_memory_bytes(?:\{.*\})? (\S+)$/m.exec(metrics)?.[1]);
  };
  return { program, residentBytes };
}

async function startCarrier({ programs }: Bench, latencyMs = 1) {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const args = [String(port), String(latencyMs)];
  const program = await programs.start("apps/dev/src/bench/programs/carrier.ts", args, {}, origin);
  const counts = async () => (await (await fetch(origin)).json()) as { count: number; mostInFlight: number };
  const count = async () => (await counts()).count;
  /** Resolves with the time when `total` messages have arrived. */
  const reached = async (total: number) => {
    while ((await count()) < total) await new Promise((resolve) => setTimeout(resolve, 20));
    return performance.now();
  };
  return { port, program, counts, count, reached };
}

/** Requests taken and messages sent, per second, with one API, one worker and a carrier of 1 ms. */
export async function endToEnd(bench: Bench): Promise<{ acceptedPerSecond: number; sentPerSecond: number }> {
  await bench.core.redis.flushall();
  const carrier = await startCarrier(bench);
  const { program: worker } = await startWorker(bench, carrier.port);
  const begun = performance.now();
  const result = await runLoad(load(bench, bench.api, creates("/v1/verifications", bench.seconds), bench.seconds));
  const drainedAt = await carrier.reached(result.answered);
  await bench.programs.stop(worker);
  await bench.programs.stop(carrier.program);
  return { acceptedPerSecond: result.rate, sentPerSecond: result.answered / ((drainedAt - begun) / 1000) };
}

/** Jobs per second of one worker that finds a full queue, with a carrier of 1 ms. */
export async function workerAlone(bench: Bench, jobs: number): Promise<number> {
  await bench.core.redis.flushall();
  await bench.core.start(jobs, true);
  const carrier = await startCarrier(bench);
  const { program: worker } = await startWorker(bench, carrier.port);
  const from = await carrier.count();
  const begun = performance.now();
  const done = await carrier.reached(jobs);
  await bench.programs.stop(worker);
  await bench.programs.stop(carrier.program);
  return (jobs - from) / ((done - begun) / 1000);
}

/** The most memory of one worker, in bytes, with so many requests at a carrier that takes 150 ms for each. */
export async function memoryInFlight(bench: Bench, inFlight: number): Promise<{ bytes: number; inFlight: number }> {
  const jobs = inFlight * 20;
  await bench.core.redis.flushall();
  await bench.core.start(jobs, true);
  const carrier = await startCarrier(bench, 150);
  const { program: worker, residentBytes } = await startWorker(bench, carrier.port, inFlight);
  let bytes = 0;
  while ((await carrier.count()) < jobs) {
    bytes = Math.max(bytes, await residentBytes());
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { mostInFlight } = await carrier.counts();
  await bench.programs.stop(worker);
  await bench.programs.stop(carrier.program);
  return { bytes, inFlight: mostInFlight };
}

/** Bytes of Redis for one pending verification, its number's limits and its job included. */
export async function bytesPerVerification({ core }: Bench, count: number): Promise<number> {
  await core.redis.flushall();
  await core.start(1, true); // the queue's own keys are not a verification's
  const used = async () => Number(/^used_memory:(\d+)/m.exec(await core.redis.info("memory"))?.[1]);
  const before = await used();
  await core.start(count, true);
  return ((await used()) - before) / count;
}
