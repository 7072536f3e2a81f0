import { existsSync } from "node:fs";
import { accepts } from "../ports.ts";
import { type Ran, run as runCommand } from "./command.ts";
import { type PackageManager, packageManagers } from "./package-managers.ts";
import type { Attempt, AttemptResult, RedisRequest } from "./running-redis.ts";
import { findServer, serverRedis } from "./server.ts";

const DEFAULT_PORT = 6379;
/** Of each command that failed. */
const TOLD_LINES = 3;

/** What an installation needs of the system, so that a test can stand in for it. */
export interface System {
  run: (command: string, args: readonly string[], env: RedisRequest["env"]) => Promise<Ran>;
  isRoot: boolean;
  hasSystemd: boolean;
  listens: (port: number) => Promise<boolean>;
  start: Attempt;
}

const thisSystem: System = {
  run: runCommand,
  isRoot: process.getuid?.() === 0,
  hasSystemd: existsSync("/run/systemd/system"),
  listens: accepts,
  start: serverRedis,
};

/** Has the system's package manager install a Redis, where it may, and starts that. */
export async function installedRedis(request: RedisRequest, system: System = thisSystem): Promise<AttemptResult> {
  const { env, say } = request;
  if (findServer(env["PATH"])) return { kind: "absent", reason: "a Redis server is installed already" };

  for (const manager of packageManagers) {
    if ((await system.run(manager.command, ["--version"], env)).status !== 0) continue;
    if (!manager.asRoot && system.isRoot) continue;
    const privilege = await privilegeFor(manager, env, system);
    if (!privilege) return { kind: "absent", reason: `${manager.command} needs root or passwordless sudo` };

    const wasListening = await system.listens(DEFAULT_PORT);
    const outcome = await install(manager, privilege, request, system);
    if (typeof outcome.installed !== "string") return { kind: "failed", reason: outcome.failure };
    if (manager.startsService) await turnOff(outcome.installed, privilege, wasListening, request, system);
    say(`Installed ${outcome.installed}.`);
    return system.start(request);
  }
  return { kind: "absent", reason: `none of these can install one here: ${names(packageManagers)}` };
}

const names = (managers: readonly PackageManager[]) => managers.map(({ command }) => command).join(", ");

/** What stands before a command: nothing for root, sudo where it asks for no password. */
async function privilegeFor(manager: PackageManager, env: RedisRequest["env"], system: System) {
  if (!manager.asRoot || system.isRoot) return [];
  return (await system.run("sudo", ["-n", "true"], env)).status === 0 ? ["sudo", "-n"] : undefined;
}

async function install(manager: PackageManager, privilege: string[], { env, say }: RedisRequest, system: System) {
  // sudo drops the environment, so `env` sets it on the other side.
  const settings = Object.entries(manager.env ?? {}).map(([name, value]) => `${name}=${value}`);
  const prefix = [...privilege, ...(settings.length > 0 ? ["env", ...settings] : [])];
  const invoke = (args: readonly string[]) => {
    const [command = "", ...rest] = [...prefix, manager.command, ...args];
    say(`Running: ${[command, ...rest].join(" ")}`);
    return system.run(command, rest, env);
  };

  const output: string[] = [];
  for (const refreshFirst of manager.refresh ? [false, true] : [false]) {
    if (refreshFirst) output.push((await invoke(manager.refresh ?? [])).output);
    for (const name of manager.packages) {
      const ran = await invoke(manager.install(name));
      if (ran.status === 0) return { installed: name };
      output.push(ran.output);
    }
  }
  const told = output.map((text) => `      ${text.trim().split("\n").slice(-TOLD_LINES).join("\n      ")}`);
  return { failure: `${manager.command} could not install ${manager.packages.join(" or ")}:\n${told.join("\n")}` };
}

/** A package may start, and start again at every boot, a service that nobody asked for. */
async function turnOff(
  service: string,
  privilege: string[],
  wasListening: boolean,
  { env, say }: RedisRequest,
  system: System,
) {
  const isListening = async () => !wasListening && (await system.listens(DEFAULT_PORT));
  const off = system.hasSystemd ? ["systemctl", "disable", "--now", service] : ["service", service, "stop"];
  if (system.hasSystemd || (await isListening())) {
    const [command = "", ...args] = [...privilege, ...off];
    say(`Running: ${[command, ...args].join(" ")}`);
    await system.run(command, args, env);
  }
  if (await isListening())
    say(`The package started a Redis on port ${DEFAULT_PORT} that could not be stopped: ${off.join(" ")}`);
}
