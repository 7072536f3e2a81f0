import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ExplainedError } from "./explained-error.ts";

export const repository = fileURLToPath(new URL("../../../", import.meta.url));

/** The folder of one local stack: its `.env` and, under `.watchword`, its state and Redis data. */
export interface Home {
  envFile: string;
  stateFile: string;
  redisData: string;
}

export const homeIn = (folder: string): Home => ({
  envFile: join(folder, ".env"),
  stateFile: join(folder, ".watchword", "stack.json"),
  redisData: join(folder, ".watchword", "redis"),
});

/**
 * The home that the command line names with `--home <folder>`: the repository unless it says otherwise.
 * @throws {ExplainedError} for an argument that it does not know.
 */
export function homeFromArguments(args: string[]): Home {
  try {
    const { values } = parseArgs({ args, options: { home: { type: "string" } } });
    return homeIn(values.home ?? repository);
  } catch (error) {
    throw new ExplainedError(`${(error as Error).message}\nThe only argument is --home <folder>.`, { cause: error });
  }
}
