import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { ConfigError } from "./load.ts";

const ASSIGNMENT = /^\s*(export\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=/;

/**
 * Reads a `.env` file (`NAME=value` lines, `#` comments); a file that is not there is an empty one.
 * @throws {ConfigError} that names the lines that are not assignments, without their content.
 */
export function readEnvFile(path: string): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new ConfigError([{ variable: ".env", message: `cannot be read (${(error as NodeJS.ErrnoException).code})` }]);
  }
  const problems = text
    .split(/\r?\n/)
    .map((line, index) => ({ line: line.trim(), variable: `.env line ${index + 1}` }))
    .filter(({ line }) => line !== "" && !line.startsWith("#") && !ASSIGNMENT.test(line))
    .map(({ variable }) => ({ variable, message: "is not NAME=value" }));
  if (problems.length > 0) throw new ConfigError(problems);
  return parseEnv(text) as Record<string, string>;
}
