import { ConfigError } from "@watchword/config";
import { ExplainedError } from "./explained-error.ts";
import { homeFromArguments } from "./home.ts";
import { createStackLog } from "./log/stack-log.ts";
import { readSettings } from "./settings.ts";
import { runStack } from "./stack.ts";
import { createStopRequest } from "./stop-request.ts";

const KILLED = 130;

const stop = createStopRequest();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.signal(signal));
// `npm start | head`: nobody reads any more, so nobody is there to stop it later.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => stop.ask("The output was closed"));

const log = createStackLog({
  write: (text) => process.stdout.write(text),
  color: process.stdout.isTTY && !process.env["NO_COLOR"],
});

try {
  const home = homeFromArguments(process.argv.slice(2));
  const settings = readSettings(home, process.env);
  stop.onKill(() => process.exit(KILLED));
  await runStack(home, settings, log, stop);
  process.exit(0);
} catch (error) {
  console.error(error instanceof ExplainedError || error instanceof ConfigError ? error.message : error);
  process.exit(1);
}
