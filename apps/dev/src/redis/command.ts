import { spawn } from "node:child_process";

export interface Ran {
  status: number;
  /** stdout and stderr as they came. */
  output: string;
}

/** Runs a command without a terminal; one that cannot be started has status 127. */
export function run(command: string, args: readonly string[], env: Record<string, string | undefined>): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString();
      });
    child.once("error", (error) => resolve({ status: 127, output: error.message }));
    child.once("close", (status) => resolve({ status: status ?? 1, output }));
  });
}
