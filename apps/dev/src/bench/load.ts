import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import autocannon from "autocannon";

export interface Request {
  path: string;
  body: string;
}

export interface Load {
  origin: string;
  /** At least as many as can be sent in the time: none is sent twice. */
  requests: readonly Request[];
  seconds: number;
  apiKey: string;
}

export interface LoadResult {
  /** Answered per second. */
  rate: number;
  p50Ms: number;
  p99Ms: number;
  answered: number;
  /** Answers of 400 and above, and failed connections. */
  failed: number;
}

export const CONNECTIONS = 64;

export const loadGenerator: "wrk" | "autocannon" = spawnSync("wrk", ["-v"]).error ? "autocannon" : "wrk";

const wrkScript = (file: string, apiKey: string) => `
local paths, bodies, n = {}, {}, 0
for line in io.lines("${file}") do
  local path, body = line:match("^(.-)\\t(.*)$")
  paths[#paths + 1] = path
  bodies[#bodies + 1] = body
end
local headers = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer ${apiKey}" }
function request()
  n = n % #paths + 1
  return wrk.format("POST", paths[n], headers, bodies[n])
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('\\nRESULT {"answered":%d,"us":%d,"p50":%d,"p99":%d,"failed":%d}\\n', summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
`;

async function wrk({ origin, requests, seconds, apiKey }: Load): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), "watchword-bench-"));
  try {
    const file = join(folder, "requests.tsv");
    const script = join(folder, "load.lua");
    writeFileSync(file, requests.map(({ path, body }) => `${path}\t${body}\n`).join(""));
    writeFileSync(script, wrkScript(file, apiKey));
    const child = spawn("wrk", ["-t1", `-c${CONNECTIONS}`, `-d${seconds}`, "-s", script, origin]);
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    await new Promise((resolve) => void child.once("close", resolve));
    const line = /^RESULT (.*)$/m.exec(output)?.[1];
    if (!line) throw new Error(`wrk told no result:\n${output}`);
    const result = JSON.parse(line) as { answered: number; us: number; p50: number; p99: number; failed: number };
    return {
      rate: result.answered / (result.us / 1e6),
      p50Ms: result.p50 / 1000,
      p99Ms: result.p99 / 1000,
      answered: result.answered,
      failed: result.failed,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function cannon({ origin, requests, seconds, apiKey }: Load): Promise<LoadResult> {
  let n = 0;
  const result = await autocannon({
    url: origin,
    connections: CONNECTIONS,
    duration: seconds,
    headers: { "content-type": "application/json", authorization: `Bearer ${apiKey}` },
    requests: [{ method: "POST", setupRequest: (request) => ({ ...request, ...requests[n++ % requests.length] }) }],
  });
  return {
    rate: result.requests.average,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    answered: result.requests.total,
    failed: result.non2xx + result.errors,
  };
}

/** On a machine that stands still for a moment a few are refused, as they should be; more than that is no measurement. */
const MOST_FAILED = 0.01;

/**
 * Closed loop over 64 connections; wrk where it is on the PATH, because it leaves more of the machine to the server. What
 * failed is said, and does not count.
 */
export async function runLoad(load: Load): Promise<LoadResult> {
  const result = await (loadGenerator === "wrk" ? wrk(load) : cannon(load));
  const { answered, failed } = result;
  if (answered > load.requests.length) throw new Error("the load ran out of requests: prepare more");
  if (failed === 0) return result;
  const message = `${failed} of ${answered} requests to ${load.origin} failed`;
  if (failed > answered * MOST_FAILED) throw new Error(message);
  console.warn(message);
  return { ...result, answered: answered - failed, rate: (result.rate * (answered - failed)) / answered };
}
