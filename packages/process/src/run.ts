import process from "node:process";
import { type Config, ConfigError, type ProcessName } from "@watchword/config";
import { type Logger, pino } from "pino";
import { stopBy } from "./early-signals.ts";
import { readConfig } from "./read-config.ts";

/** Above what any request to a carrier may take, below what an orchestrator waits before it kills (10 s). */
const GRACE_MS = 9000;

const LOG_FLUSH_MS = 100;
/** How long the last lines may take: whoever reads the log may be gone, or stand still. */
const LAST_LINES_MS = 500;

/** Lets go of everything; awaited before the process ends. */
export type Stop = () => Promise<void>;

/** A Redis client hangs the whole command on its errors, arguments and all: none of that belongs into a log. */
const errorWithoutData = (error: Error): Record<string, unknown> => {
  const { type, message, stack, code } = pino.stdSerializers.err(error);
  return { type, message, stack, ...(code !== undefined && { code }) };
};

function configure<P extends ProcessName>(name: P): Config<P> {
  try {
    return readConfig(name, process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return refuseConfig(error);
  }
}

function refuseConfig({ message }: ConfigError): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/**
 * Runs one process of Watchword: reads its configuration, starts it, and on SIGTERM or SIGINT stops it within the
 * grace period. What nobody caught ends the process, to be started again.
 */
export function runProcess<P extends ProcessName>(
  name: P,
  start: (config: Config<P>, logger: Logger) => Promise<Stop>,
): void {
  const config = configure(name);
  // A write per line costs more than the line: they are gathered, and written ten times a second.
  const output = pino.destination({ sync: false, minLength: 4096 });
  setInterval(() => output.flush(), LOG_FLUSH_MS).unref();
  // Whoever read the log is gone: the work goes on.
  output.on("error", () => undefined);
  // Writing in step would wait for them for ever, as pino does with what is fatal where a stream lets it.
  const leave = (code: number) => {
    setTimeout(() => process.exit(code), LAST_LINES_MS);
    output.flush(() => process.exit(code));
  };
  const logger = pino(
    { level: config.LOG_LEVEL, base: { service: name }, serializers: { err: errorWithoutData } },
    { write: (line) => void output.write(line) },
  );
  const end = (error: unknown, message: string) => {
    logger.fatal({ err: error }, message);
    leave(1);
  };
  process.on("uncaughtException", (error) => end(error, "ended by an error that nobody caught"));
  process.on("unhandledRejection", (error) => end(error, "ended by a rejection that nobody caught"));

  const started = start(config, logger);
  started.catch((error: unknown) => {
    if (error instanceof ConfigError) refuseConfig(error);
    end(error, "could not start");
  });

  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info({ signal }, "stopping");
    setTimeout(() => end(undefined, "did not stop within the grace period"), GRACE_MS).unref();
    started
      .then((release) => release())
      .then(() => logger.info("stopped"))
      .then(
        () => leave(0),
        (error: unknown) => end(error, "could not stop cleanly"),
      );
  };
  stopBy(stop);
}

/**
 * Runs one command of an operator: with the configuration of the process of that name, and says what went wrong without
 * a stack.
 */
export function runCommand<P extends ProcessName>(
  name: P,
  command: (config: Config<P>, args: string[], say: (line: string) => void) => Promise<void>,
): void {
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  command(configure(name), process.argv.slice(2), say).catch((error: unknown) => {
    // At once: a connection that is being closed would have the operator wait.
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`, () => process.exit(1));
  });
}
