import process from "node:process";

/**
 * From now on SIGHUP does not end this process: what it is to do is added when there is something to be read again, and
 * what has not been read yet is read as it is then. A module of its own, so that it can come before all others.
 */
export function outliveHangUps(): void {
  process.on("SIGHUP", () => undefined);
}
