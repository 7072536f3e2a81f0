import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Secret } from "@watchword/otp-core";
import { freePort } from "@watchword/otp-core/testing";
import { onTestFinished, vi } from "vitest";

const entry = fileURLToPath(new URL("../main.ts", import.meta.url));
/** On a machine that runs other tests beside it. */
export const STARTED_WITHIN_MS = 60_000;

interface ApiProcess {
  origin: string;
  /** Authorization of its only application, `default`. */
  authorization: string;
  /** Ends it as a crash does; awaited until it is gone. */
  kill(): Promise<void>;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

/**
 * The API in a process of its own, over a Redis and a secret of the test's; ready to serve, and gone when it is over.
 * @param onEnd takes what ends it
 */
export async function startApiProcess(
  redisUrl: string,
  { kid, key }: Secret,
  onEnd: (end: () => Promise<void>) => void = onTestFinished,
): Promise<ApiProcess> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, ["--conditions=watchword-source", entry], {
    // No setting of this machine gets in.
    env: {
      PATH: process.env["PATH"],
      API_PORT: String(port),
      API_KEY: "ww_test_key",
      REDIS_URL: redisUrl,
      WATCHWORD_SECRETS: `${kid}:${key.toString("base64")}`,
    },
    stdio: "ignore",
  });
  onEnd(() => kill(child));
  const ready = async () => (await fetch(`${origin}/readyz`).catch(() => undefined))?.status;
  await vi.waitUntil(async () => (await ready()) === 200, { timeout: STARTED_WITHIN_MS, interval: 200 });
  return { origin, authorization: "Bearer ww_test_key", kill: () => kill(child) };
}
