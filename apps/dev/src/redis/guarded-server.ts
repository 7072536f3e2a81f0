import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const STOP_MS = 12_000;
const guardPath = fileURLToPath(new URL("guard.ts", import.meta.url));

export interface GuardedServer {
  /** Signals the server alone, once it has a process; nothing when it has ended. */
  signal(signal: NodeJS.Signals): void;
  /** How it ended, with the last that it said since it was ready. */
  ended: Promise<string>;
  /** From now on it has started: what it said until then is no part of how it ends. */
  ready(): void;
  /** Has it shut down, and waits for that. */
  stop(): Promise<void>;
  /** Kills it without waiting. */
  kill(): void;
}

export interface GuardedRequest {
  /** The program. */
  server: string;
  options: readonly string[];
  /** Where its data is. */
  folder: string;
  /** Whether the folder goes with the server. */
  discard: boolean;
  env: Record<string, string | undefined>;
}

/** Starts a redis-server that does not outlive this process, however that ends. */
export function startGuarded({ server, options, folder, discard, env }: GuardedRequest): GuardedServer {
  const guard = spawn(process.execPath, [guardPath, discard ? "discard" : "keep", folder, server, ...options], {
    detached: true, // a Ctrl-C in the terminal is for the stack, which stops Redis last
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env,
  });
  let pid: number | undefined;
  const last: Last = { said: "" };
  guard.on("message", (message: { server: number } | { signal: NodeJS.Signals }) => {
    if ("server" in message) pid = message.server;
    else last.signal = message.signal;
  });
  return {
    signal: (signal) => {
      if (pid !== undefined && !hasEnded(guard)) process.kill(pid, signal);
    },
    ended: endOf(guard, last),
    ready: () => {
      last.said = "";
    },
    stop: () => stop(guard),
    kill: () => kill(guard),
  };
}

/** The last that is known of a server. */
interface Last {
  said: string;
  /** What killed it. */
  signal?: NodeJS.Signals;
}

function endOf(guard: ChildProcess, last: Last): Promise<string> {
  for (const stream of [guard.stdout, guard.stderr])
    stream?.on("data", (chunk: Buffer) => {
      last.said = (last.said + chunk.toString()).slice(-1_000);
    });
  return new Promise((resolve) => {
    guard.once("error", (error) => resolve(error.message));
    guard.once("close", (status, guardSignal) => {
      const signal = last.signal ?? guardSignal;
      const how = signal ? `was ended by ${signal}` : `ended with status ${status}`;
      const lines = lastLines(last.said);
      resolve(lines ? `${how}: ${lines}` : how);
    });
  });
}

const lastLines = (text: string) => text.trim().split("\n").slice(-3).join("\n");

const hasEnded = (guard: ChildProcess) => guard.exitCode !== null || guard.signalCode !== null;

async function stop(guard: ChildProcess): Promise<void> {
  if (hasEnded(guard)) return;
  const timer = setTimeout(() => kill(guard), STOP_MS);
  const gone = new Promise((resolve) => guard.once("exit", resolve));
  if (guard.connected) guard.disconnect();
  await gone;
  clearTimeout(timer);
}

/** The guard and its server are one process group. */
function kill(guard: ChildProcess): void {
  if (guard.pid !== undefined && !hasEnded(guard)) process.kill(-guard.pid, "SIGKILL");
}
