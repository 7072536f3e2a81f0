import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { repository } from "../home.ts";

const READY_WITHIN_MS = 20_000;

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url)).arrayBuffer();
    return true;
  } catch {
    return false; // Not listening yet.
  }
}

/** Programs of a benchmark, each a process of its own as in production; all of them end with `stopAll`. */
export class Programs {
  readonly #running = new Set<ChildProcess>();

  /**
   * Starts `file` (from the repository's root) and waits until `readyUrl` answers.
   * @param flags of Node itself
   */
  async start(
    file: string,
    args: string[],
    env: Record<string, string>,
    readyUrl: string,
    flags: readonly string[] = [],
  ): Promise<ChildProcess> {
    const program = [join(repository, file), ...args];
    const child = spawn(process.execPath, ["--conditions=watchword-source", ...flags, ...program], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "inherit"],
    });
    this.#running.add(child);
    child.once("exit", () => this.#running.delete(child));
    const deadline = Date.now() + READY_WITHIN_MS;
    while (!(await answers(readyUrl))) {
      if (Date.now() > deadline || child.exitCode !== null) throw new Error(`${file} did not come up`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return child;
  }

  async stop(child: ChildProcess): Promise<void> {
    if (!this.#running.has(child)) return;
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    await exited;
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running].map((child) => this.stop(child)));
  }
}
