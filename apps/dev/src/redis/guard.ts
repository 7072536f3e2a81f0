// Owns a redis-server for a process that may be killed without notice: when the channel to that process closes,
// for whatever reason, Redis is shut down.  Usage: guard.ts keep|discard <folder> <server> <option>…
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";

const GRACE_MS = 10_000;

const [afterwards, folder, server, ...options] = process.argv.slice(2);
if (!folder || !server) throw new Error("usage: guard.ts keep|discard <folder> <server> <option>…");

// A locale that is not installed keeps some Redis versions from starting.
const redis = spawn(server, options, { stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, LC_ALL: "C" } });

// For an owner that wants to signal the server itself.
if (redis.pid !== undefined) process.send?.({ server: redis.pid });

function shutDown() {
  redis.kill("SIGTERM"); // Redis treats it as SHUTDOWN
  setTimeout(() => redis.kill("SIGKILL"), GRACE_MS).unref();
}

function finish(status: number) {
  if (afterwards === "discard") rmSync(folder ?? "", { recursive: true, force: true });
  process.exit(status);
}

redis.on("error", (error) => {
  console.error(error.message);
  finish(1);
});
redis.on("exit", (status, signal) => {
  const end = () => finish(status ?? 1);
  // An exit status cannot say it.
  if (signal && process.connected) process.send?.({ signal }, end);
  else end();
});

process.on("disconnect", shutDown);
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, shutDown);
if (!process.connected) shutDown();
