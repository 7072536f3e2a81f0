import type { z } from "zod";
import { developmentDefaults } from "./development.ts";
import { loginProblems } from "./logins.ts";
import { type Problem, productionProblems } from "./production.ts";
import {
  type everyProcess,
  neededWithout,
  type ProcessName,
  processes,
  type VariableName,
  variables,
} from "./variables.ts";

type Values<Name extends VariableName> = { [N in Name]: z.output<(typeof variables)[N]> };

/** What could be read of the settings, each in its shape. */
export type ReadValues = Partial<Values<VariableName>>;

export type Config<P extends ProcessName> = Values<(typeof everyProcess)[number]> &
  Values<(typeof processes)[P][number]>;

/** Says everything that is wrong with a configuration at once, by variable name and never with a value. */
export class ConfigError extends Error {
  override name = "ConfigError";
  readonly problems: Problem[];

  constructor(problems: Problem[]) {
    const lines = problems.map(({ variable, message }) => `  ${variable} ${message}`);
    super(`The configuration is not usable:\n${lines.join("\n")}\nEvery setting is described in .env.example.`);
    this.problems = problems;
  }
}

/** Those of some variables that are set: an empty one counts as not. */
export const setVariables = (env: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1].trim() !== ""),
  );

/**
 * Reads the settings of one process from an environment; an empty value counts as not set.
 * @param check tells of what only others know, such as the names of countries
 * @throws {ConfigError} with every problem of the process's variables.
 */
export function loadConfig<P extends ProcessName>(
  process: P,
  environment: Record<string, string | undefined>,
  check: (values: ReadValues) => Problem[] = () => [],
): Config<P> {
  const names: readonly VariableName[] = processes[process];
  const set: Record<string, string | undefined> = setVariables(environment);
  const production = set["WATCHWORD_ENV"] === "production";
  const env: Record<string, string | undefined> = production ? set : { ...developmentDefaults(set), ...set };

  const problems: Problem[] = [];
  const values: Partial<Record<VariableName, unknown>> = {};
  for (const name of names) {
    const result = variables[name].safeParse(env[name]);
    // A default that is made from another setting is wrong only where that one is, and that is said already.
    const derived = set[name] === undefined && env[name] !== undefined;
    const other = neededWithout[name];
    const isMissing = env[name] === undefined && other !== undefined && env[other] === undefined;
    if (isMissing) problems.push({ variable: name, message: "is missing" });
    else if (result.success) values[name] = result.data;
    else if (!derived)
      problems.push({
        variable: name,
        message: env[name] === undefined ? "is missing" : (result.error.issues[0]?.message ?? "is not valid"),
      });
  }
  const more = [
    ...loginProblems(values),
    ...check(values as ReadValues),
    ...(production ? productionProblems(names, env, values) : []),
  ];
  for (const problem of more)
    if (!problems.some(({ variable }) => variable === problem.variable)) problems.push(problem);
  if (problems.length > 0) throw new ConfigError(problems);
  return values as unknown as Config<P>;
}
