// `pnpm chaos`: breaks a running Watchword in every way that production knows, counts at the carrier what was sent,
// prints a table and writes .watchword/chaos.json.
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { redisServer, sweepFolders } from "./chaos/play.ts";
import { scenarios } from "./chaos/scenarios.ts";
import { hasFailed, playAll } from "./chaos/suite.ts";
import { evidence, table } from "./chaos/table.ts";
import { ExplainedError } from "./explained-error.ts";
import { repository } from "./home.ts";
import { createStopRequest } from "./stop-request.ts";

const INTERRUPTED = 130;
const help = `Usage: npm run chaos -- [--quick] [--serial] [<scenario>…]

Plays each scenario, or those that are named, against processes and a Redis of its own on loopback.

  --quick   small variants of those that have one, in less than a minute
  --serial  one after another; else those that mostly wait play beside those that load the machine
  --list    the scenarios
  --help    this

Exit code 1 when a scenario failed, 130 when it was stopped. Results: .watchword/chaos.json`;

const say = (line: string) => console.log(line);

function readArguments() {
  const flag = { type: "boolean", default: false } as const;
  try {
    const options = { quick: flag, serial: flag, list: flag, help: flag };
    return parseArgs({ args: process.argv.slice(2), allowPositionals: true, options });
  } catch (error) {
    throw new ExplainedError(`${(error as Error).message}\n\n${help}`, { cause: error });
  }
}

function chosen(names: readonly string[], quick: boolean) {
  const unknown = names.find((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown !== undefined) throw new ExplainedError(`There is no scenario ${unknown}; --list names them.`);
  return scenarios.filter(
    (scenario) => (names.length === 0 || names.includes(scenario.name)) && (!quick || scenario.quick),
  );
}

/** Aborts at the first Ctrl-C; the second one gives up on tidying. */
function stopSignal(): AbortSignal {
  const stop = createStopRequest();
  const control = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.signal(signal));
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => stop.ask("the output was closed"));
  const obey = (why: string) => {
    say(`${why}: ending what was started …`);
    control.abort();
  };
  void stop.requested.then(obey);
  stop.onKill(() => process.exit(INTERRUPTED));
  return control.signal;
}

async function main(): Promise<number> {
  const { values, positionals } = readArguments();
  if (values.help) return (say(help), 0);
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  if (values.list) {
    for (const { name, fault, quick } of scenarios)
      say(`${name.padEnd(width)}  ${fault}${quick ? " (also quick)" : ""}`);
    return 0;
  }
  const { quick, serial } = values;
  const toPlay = chosen(positionals, quick);
  redisServer();
  sweepFolders();
  const signal = stopSignal();
  const begun = performance.now();
  const rows = await playAll(toPlay, {
    quick,
    serial,
    signal,
    onRow: ({ name, result, seconds }) => say(`${name.padEnd(width)}  ${result} (${seconds} s)`),
  });
  const seconds = Math.round((performance.now() - begun) / 1000);

  say(`\n${table(rows)}\n${evidence(rows)}`);
  // A run that was stopped says too little to take the place of the last one.
  if (signal.aborted) return INTERRUPTED;
  const conditions = { quick, serial, seconds, cpus: cpus().length, node: process.version, redis: redisServer() };
  const file = join(".watchword", "chaos.json");
  writeFileSync(join(repository, file), `${JSON.stringify({ conditions, rows }, null, 2)}\n`);
  const failed = rows.filter(hasFailed).length;
  say(`\n${rows.length} scenarios in ${seconds} s, ${failed} failed. Written to ${file}`);
  return failed > 0 ? 1 : 0;
}

try {
  process.exit(await main());
} catch (error) {
  console.error(error instanceof ExplainedError ? error.message : error);
  process.exit(1);
}
