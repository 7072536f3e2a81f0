import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ExplainedError } from "../explained-error.ts";
import { repository } from "../home.ts";
import { findServer } from "../redis/server.ts";
import type { Run } from "./run.ts";
import type { Findings, Scenario } from "./scenario.ts";

/** No scenario takes longer: what hangs fails. */
const LONGEST_MS = 240_000;
const folderName = (pid: number) => `chaos-${pid}-`;

export type Row = { name: string; fault: string; seconds: number } & (
  | { result: "passed" | "failed"; findings: Findings }
  | { result: "broken"; reason: string }
  | { result: "not played"; reason: string }
);

export interface PlayOptions {
  quick: boolean;
  /** Aborted when somebody asks for a stop. */
  signal: AbortSignal;
}

/** @throws {ExplainedError} where there is no Redis to start and to end. */
export function redisServer(): string {
  const server = findServer(process.env["PATH"]);
  if (!server) throw new ExplainedError("The fault suite starts and kills a Redis: it needs redis-server on the PATH.");
  return server;
}

/** The data of runs that were themselves killed. */
export function sweepFolders(home = join(repository, ".watchword")): void {
  mkdirSync(home, { recursive: true });
  for (const name of readdirSync(home)) {
    const pid = /^chaos-(\d+)-/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) rmSync(join(home, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // ESRCH
  }
}

/** Plays one scenario; whatever comes of it, no process and no file of it is left. Never rejects. */
export async function play(scenario: Scenario, { quick, signal: stop }: PlayOptions): Promise<Row> {
  const { name, fault } = scenario;
  const obstacle = scenario.obstacle?.();
  if (obstacle) return { name, fault, seconds: 0, result: "not played", reason: obstacle };

  const begun = performance.now();
  const seconds = () => Math.round((performance.now() - begun) / 1000);
  const late = AbortSignal.timeout(LONGEST_MS);
  const endings: (() => void | Promise<void>)[] = [];
  try {
    const folder = mkdtempSync(join(repository, ".watchword", folderName(process.pid)));
    endings.push(() => rmSync(folder, { recursive: true, force: true }));
    const run: Run = {
      quick,
      signal: AbortSignal.any([stop, late]),
      folder,
      redisServer: redisServer(),
      onEnd: (action) => void endings.unshift(action),
    };
    const findings = await scenario.play(run);
    const passed = findings.checks.every(({ ok }) => ok);
    return { name, fault, seconds: seconds(), result: passed ? "passed" : "failed", findings };
  } catch (error) {
    if (stop.aborted) return { name, fault, seconds: seconds(), result: "not played", reason: "stopped" };
    const reason = late.aborted ? `took longer than ${LONGEST_MS / 1000} s` : String(error);
    return { name, fault, seconds: seconds(), result: "broken", reason };
  } finally {
    for (const end of endings) await end();
  }
}
