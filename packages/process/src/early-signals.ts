import process from "node:process";

type Stop = (signal: NodeJS.Signals) => void;

/** Until there is more to be done: nothing is at hand yet. */
let stop: Stop = () => process.exit(0);
/** Stays for good: a signal that came while one listener took the place of another would be lost. */
const hear: Stop = (signal) => stop(signal);

function hearEnd(): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    if (!process.listeners(signal).includes(hear)) process.on(signal, hear);
  }
}

/**
 * From now on this process hears signals, before what they are to do is known. SIGHUP does not end it: what has not been
 * read yet is read as it is then. SIGTERM and SIGINT end it at once: the first process of a container would not even hear
 * of them. A module of its own, so that it can come before all others.
 */
export function hearSignals(): void {
  process.on("SIGHUP", () => undefined);
  hearEnd();
}

/** What SIGTERM and SIGINT do from now on. */
export function stopBy(next: Stop): void {
  stop = next;
  hearEnd();
}
