// Preloaded (`--import`) into every app of the stack: an app never outlives the stack that started it.
import { closeSync, openSync } from "node:fs";
import { Worker } from "node:worker_threads";

const GRACE_MS = 12_000;
const STDOUT = 1;
const STDERR = 2;

process.on("disconnect", () => {
  // Nobody reads the log any more, and a logger that insists on its last lines would wait for ever (sonic-boom 4
  // does on EPIPE): they go nowhere instead. A file that is opened gets the lowest number that is free.
  for (const descriptor of [STDOUT, STDERR]) {
    closeSync(descriptor);
    openSync("/dev/null", "w");
  }
  // In a thread of its own, as the first one may be what hangs.
  const killLater = `setTimeout(() => process.kill(process.pid, "SIGKILL"), ${GRACE_MS})`;
  new Worker(killLater, { eval: true, execArgv: [] }).unref();
  process.kill(process.pid, "SIGTERM");
});
// The listener alone would keep an app alive that has closed everything else.
process.channel?.unref();
