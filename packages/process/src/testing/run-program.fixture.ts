import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";

interface LogLine {
  level: number;
  msg: string;
  service?: string;
  err?: { message: string; stack: string };
  reason?: string;
  signal?: string;
  problems?: string[];
  applications?: string[];
  added?: string[];
  removed?: string[];
  changed?: string[];
}

export interface Program {
  /** Every log line so far. */
  log(): LogLine[];
  /** What the program itself said so far. */
  said(): string[];
  errors(): string;
  kill(signal: NodeJS.Signals): void;
  /** Reads nothing of it any more: a write into its log fails from now on. */
  hangUp(): void;
  /** Waits for a log line. */
  logged(msg: string): Promise<void>;
  /** The exit code, or the signal that ended it. */
  ended: Promise<number | string | null>;
}

const children = new Set<ChildProcess>();
// Tests run side by side here: none may end what another one started.
process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

const program = fileURLToPath(new URL("program.fixture.ts", import.meta.url));

/** @param env on top of next to nothing: no setting of this machine gets in. */
export function runProgram(behaviour: string, env: Record<string, string> = {}, ...more: string[]): Program {
  const child = spawn(process.execPath, ["--conditions=watchword-source", program, behaviour, ...more], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const lines = () =>
    output
      .split("\n")
      .filter((line) => line.endsWith("}"))
      .map((line) => JSON.parse(line) as LogLine & { said?: string });
  const log = () => lines().filter(({ said }) => said === undefined);
  return {
    log,
    said: () => lines().flatMap(({ said }) => (said === undefined ? [] : [said])),
    errors: () => errors,
    kill: (signal) => void child.kill(signal),
    hangUp() {
      child.stdout.destroy();
      child.stderr.destroy();
    },
    logged: async (msg) => {
      await vi.waitUntil(() => log().some((line) => line.msg === msg), { timeout: 25_000 });
    },
    ended: new Promise((resolve) => child.once("close", (code, signal) => resolve(code ?? signal))),
  };
}
