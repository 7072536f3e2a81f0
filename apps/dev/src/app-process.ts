import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ProcessName } from "@watchword/config";
import { repository } from "./home.ts";
import { nodeFlags } from "./node-flags.ts";

/** How long the last lines of an app that has ended may take to arrive. */
const LAST_LINES_MS = 1_000;

export interface AppProcess {
  name: ProcessName;
  pid: number | undefined;
  /** How it ended, once it has, such as `exited with code 1`. */
  ended: Promise<string>;
  /** Signals the app and everything it started; nothing when it has ended. */
  signal: (signal: NodeJS.Signals) => void;
}

/**
 * Starts `apps/<name>/src/main.ts` in a process group of its own, so that a Ctrl-C does not reach it.
 * @param preloads URLs of modules that run before it
 */
export function startApp(
  name: ProcessName,
  env: Record<string, string | undefined>,
  onLine: (line: string) => void,
  preloads: readonly string[] = [],
): AppProcess {
  const entry = join(repository, "apps", name, "src", "main.ts");
  const stopWithParent = new URL("stop-with-parent.ts", import.meta.url).href;
  const imports = [stopWithParent, ...preloads].flatMap((url) => ["--import", url]);
  const flags = ["--conditions=watchword-source", ...(nodeFlags[name] ?? []), ...imports];
  const child = spawn(process.execPath, [...flags, entry], {
    cwd: repository,
    detached: true,
    env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  for (const input of [child.stdout, child.stderr]) if (input) createInterface({ input }).on("line", onLine);

  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`could not be started: ${error.message}`));
    child.once("exit", (code, signal) => {
      const how = signal ? `was ended by ${signal}` : `exited with code ${code}`;
      child.once("close", () => resolve(how));
      setTimeout(() => resolve(how), LAST_LINES_MS);
    });
  });
  return {
    name,
    pid: child.pid,
    ended,
    signal: (signal) => {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      process.kill(-child.pid, signal);
    },
  };
}
