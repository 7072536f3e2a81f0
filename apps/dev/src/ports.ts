import { randomInt } from "node:crypto";
import { connect, createServer } from "node:net";

const HOST = "127.0.0.1";

export type PortName = "api" | "dashboard" | "simulator";
export type Ports = Record<PortName, number>;

export const portVariables = {
  api: "API_PORT",
  dashboard: "DASHBOARD_PORT",
  simulator: "SIMULATOR_PORT",
} as const satisfies Record<PortName, string>;

/** Whether something accepts connections on a loopback port. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port });
    const answer = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.setTimeout(1_000, () => answer(false));
    socket.once("connect", () => answer(true)).once("error", () => answer(false));
  });
}

/** Listens on a loopback port for a moment; gives why it cannot be had, if so. */
function tryListening(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, HOST, () => server.close(() => resolve(undefined)));
  });
}

/** Below the ports of outgoing connections: one of those may take a port that was found free before it is listened on. */
const LOWEST = 10_000;
const HIGHEST = 20_000;
const TRIES = 100;

export async function freePort(): Promise<number> {
  let refused = "";
  for (let tries = 0; tries < TRIES; tries++) {
    const port = randomInt(LOWEST, HIGHEST);
    const obstacle = await tryListening(port);
    if (obstacle === undefined) return port;
    refused = obstacle;
  }
  throw new Error(`no free port on ${HOST} (${refused})`);
}

/** What stands in the way of listening on a port. Some systems let two listen on one, so it asks both ways. */
async function obstacle(port: number): Promise<string | undefined> {
  if (await accepts(port)) return "is taken by another program";
  const refused = await tryListening(port);
  if (refused === undefined) return undefined;
  return refused === "EADDRINUSE" ? "is taken by another program" : `cannot be opened (${refused})`;
}

/** One line for each port that cannot be had, with the variable that changes it. */
export async function portProblems(ports: Ports): Promise<string[]> {
  const problems = await Promise.all(
    Object.entries(portVariables).map(async ([name, variable]) => {
      const port = ports[name as PortName];
      const problem = await obstacle(port);
      return problem ? [`Port ${port} (${name}) ${problem}. Free it, or choose another with ${variable}.`] : [];
    }),
  );
  return problems.flat();
}
