import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export interface WorkerProcess {
  /** All that it logged so far. */
  log(): string;
  errors(): string;
  kill(signal: NodeJS.Signals): void;
  /** The exit code, or the signal that ended it. */
  ended: Promise<number | string | null>;
}

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

/**
 * The worker as an operator runs it; gone with the test.
 * @param env on top of next to nothing: no setting of this machine gets in
 */
export function runWorker(env: Record<string, string>): WorkerProcess {
  const child = spawn(process.execPath, ["--conditions=watchword-source", main], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (log += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const ended = new Promise<number | string | null>((resolve) =>
    child.once("close", (code, signal) => resolve(code ?? signal)),
  );
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return { log: () => log, errors: () => errors, kill: (signal) => void child.kill(signal), ended };
}
