import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ProcessName } from "@watchword/config";
import type { Ports } from "./ports.ts";

/** What a running stack writes down about itself. */
export interface StackState {
  pid: number;
  ports: Ports;
  /** Null until it is known. It has a password where that goes with the Redis, as in a container, and in no other case. */
  redisUrl: string | null;
  /** The process ids of the apps, once they are started. */
  apps: Partial<Record<ProcessName, number>>;
  startedAt: string;
  /** A loopback port on which the stack says `token`, for as long as its process lives. */
  presence: { port: number; token: string };
}

const PRESENCE_MS = 2_000;

/** Whether the stack that wrote a state still lives: a process id may have gone to another program, a token not. */
function isRunning({ presence }: Pick<StackState, "presence">): Promise<boolean> {
  return new Promise((resolve) => {
    let said = "";
    const socket = connect({ host: "127.0.0.1", port: presence.port });
    const answer = () => {
      socket.destroy();
      resolve(said === presence.token);
    };
    socket.setTimeout(PRESENCE_MS, answer);
    socket.on("data", (chunk) => {
      said += chunk.toString();
    });
    socket.once("end", answer).once("error", answer);
  });
}

function announcePresence(token: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on("error", () => socket.destroy()); // the asker went away
      socket.end(token);
    });
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server.unref()));
  });
}

export type Claim =
  | {
      kind: "claimed";
      state: StackState;
      earlier: StackState | undefined;
      update: (state: StackState) => void;
      release: () => void;
    }
  | { kind: "running"; state: StackState };

/**
 * Makes this process the stack of a state file, or says which stack is. At most one process has the claim, and
 * the claim of one that was killed (`earlier`) passes to the next.
 */
export async function claim(file: string, ports: Ports): Promise<Claim> {
  const token = crypto.randomUUID();
  const server = await announcePresence(token);
  const address = server.address();
  const state: StackState = {
    pid: process.pid,
    ports,
    redisUrl: null,
    apps: {},
    startedAt: new Date().toISOString(),
    presence: { port: typeof address === "object" && address ? address.port : 0, token },
  };
  mkdirSync(dirname(file), { recursive: true });

  let earlier: StackState | undefined;
  while (!(createExclusively(file, state) && (!earlier || (await isKept(file, token))))) {
    const found = await readState(file);
    if (found && (await isRunning(found))) {
      server.close();
      return { kind: "running", state: found };
    }
    earlier = found ?? earlier;
    rmSync(file, { force: true });
  }
  return {
    kind: "claimed",
    state,
    earlier,
    update: (changed) => {
      writeFileSync(`${file}.new`, text(changed), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
    release: () => {
      rmSync(file, { force: true });
      server.close();
    },
  };
}

const text = (state: StackState) => `${JSON.stringify(state, null, 2)}\n`;

function createExclusively(file: string, state: StackState): boolean {
  try {
    writeFileSync(file, text(state), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Two stacks may replace one stale state: the later one has it, and the earlier one finds out here. */
async function isKept(file: string, token: string): Promise<boolean> {
  await delay(100);
  return (await readState(file))?.presence.token === token;
}

/** The state of the stack that runs now, if one does. */
export async function runningStack(file: string): Promise<StackState | undefined> {
  const found = await readState(file);
  return found && (await isRunning(found)) ? found : undefined;
}

/** The state in a file; undefined when there is none, or none that can be read. */
async function readState(file: string): Promise<StackState | undefined> {
  // Another process may be between creating the file and writing it.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    try {
      const found = JSON.parse(readFileSync(file, "utf8")) as Partial<StackState> | null;
      return found?.presence?.token && found.ports ? (found as StackState) : undefined;
    } catch (error) {
      if (!(error instanceof SyntaxError)) return undefined; // gone again
    }
    await delay(50);
  }
  return undefined;
}
