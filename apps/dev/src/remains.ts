import { realpathSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { ExplainedError } from "./explained-error.ts";
import { accepts, type Ports } from "./ports.ts";
import { dataFolderOf } from "./redis/ping.ts";
import type { StackState } from "./state.ts";

const GONE_MS = 15_000;

/** Whether a Redis of an earlier stack still writes to our data: a second one on it would destroy it. */
async function holdsData(redisUrl: string | null, dataDir: string): Promise<boolean> {
  if (!redisUrl) return false;
  try {
    return (await dataFolderOf(redisUrl)) === realpathSync(dataDir);
  } catch {
    return false; // no Redis there, or not ours to ask
  }
}

/**
 * Waits until the processes of a stack that was killed have stopped: they notice by themselves.
 * @throws {ExplainedError} when its Redis still uses the data after that.
 */
export async function untilGone(
  earlier: StackState,
  ports: Ports,
  dataDir: string,
  say: (line: string) => void,
  timeoutMs = GONE_MS,
): Promise<void> {
  const ours = new Set(Object.values(ports));
  const shared = Object.values(earlier.ports).filter((port) => ours.has(port));
  const deadline = Date.now() + timeoutMs;
  for (let waits = 0; ; waits += 1) {
    const dataInUse = await holdsData(earlier.redisUrl, dataDir);
    const portsInUse = (await Promise.all(shared.map(accepts))).includes(true);
    if (!dataInUse && !portsInUse) return;
    if (Date.now() > deadline) {
      if (!dataInUse) return; // the port check tells about ports
      throw new ExplainedError(
        `The Redis of an earlier stack still uses ${dataDir}; stop it first: redis-cli -u ${earlier.redisUrl} shutdown`,
      );
    }
    if (waits === 0) say(`Waiting for what is left of an earlier stack (pid ${earlier.pid}) to stop …`);
    await delay(200);
  }
}
