import { type Config, ConfigError, type ProcessName, readEnvFile, setVariables } from "@watchword/config";
import { readConfig } from "@watchword/process";
import { ExplainedError } from "./explained-error.ts";
import type { Home } from "./home.ts";
import { type PortName, portVariables, type Ports } from "./ports.ts";

export const processNames = ["simulator", "api", "worker", "dashboard"] as const satisfies readonly ProcessName[];

export interface Settings {
  /** What every process of the stack is given, before Redis is known. */
  env: Record<string, string>;
  api: Config<"api">;
  worker: Config<"worker">;
  dashboard: Config<"dashboard">;
  simulator: Config<"simulator">;
  ports: Ports;
}

type Problems = ConfigError["problems"];

/** The real environment over `.env`. */
export const givenVariables = (
  home: Home,
  environment: Record<string, string | undefined>,
): Record<string, string> => ({
  ...setVariables(readEnvFile(home.envFile)),
  ...setVariables(environment),
});

/**
 * The settings of the local stack: what is given over the development defaults.
 * @throws {ConfigError} with what is wrong for any of the processes, or with `.env` itself.
 * @throws {ExplainedError} when `WATCHWORD_ENV` is `production`.
 */
export function readSettings(home: Home, environment: Record<string, string | undefined>): Settings {
  const merged = givenVariables(home, environment);
  if (merged["WATCHWORD_ENV"] === "production") {
    const where = setVariables(environment)["WATCHWORD_ENV"] ? "the environment" : home.envFile;
    throw new ExplainedError(
      `WATCHWORD_ENV=production is set in ${where}, and npm start is the local stack for development only.\n` +
        "Production is docker compose (see README.md); for the local stack: WATCHWORD_ENV=development npm start",
    );
  }
  const loopback = "127.0.0.1";
  const env = { ...merged, API_HOST: loopback, DASHBOARD_HOST: loopback, SIMULATOR_HOST: loopback };

  const problems: Problems = [];
  const load = <P extends ProcessName>(name: P): Config<P> => {
    try {
      return readConfig(name, env);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
      return {} as Config<P>; // never returned to the caller: there are problems
    }
  };
  const configs = {
    api: load("api"),
    worker: load("worker"),
    dashboard: load("dashboard"),
    simulator: load("simulator"),
  };
  const ports: Ports = {
    api: configs.api.API_PORT,
    dashboard: configs.dashboard.DASHBOARD_PORT,
    simulator: configs.simulator.SIMULATOR_PORT,
  };
  problems.push(...samePorts(ports));
  if (problems.length > 0) throw new ConfigError(withoutRepetition(problems));
  return { env, ...configs, ports };
}

/** The environment of one process. Two of them have metrics and there is one METRICS_PORT: the API takes the next. */
export function environmentOf(name: ProcessName, { env, api }: Settings): Record<string, string> {
  if (name !== "api" || api.METRICS_PORT === undefined) return env;
  return { ...env, METRICS_PORT: String(api.METRICS_PORT + 1) };
}

function samePorts(ports: Ports): Problems {
  const names = Object.keys(portVariables) as PortName[];
  return names.flatMap((name, index) => {
    const other = names.slice(0, index).find((earlier) => ports[earlier] && ports[earlier] === ports[name]);
    return other ? [{ variable: portVariables[name], message: `is the same port as ${portVariables[other]}` }] : [];
  });
}

const withoutRepetition = (problems: Problems): Problems =>
  problems.filter(({ variable }, index) => problems.findIndex((other) => other.variable === variable) === index);
