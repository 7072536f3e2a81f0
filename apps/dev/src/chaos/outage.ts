import type { Answer } from "./api-client.ts";
import type { Load } from "./load.ts";
import { probeOutage, unavailable } from "./probe.ts";
import { pause, until } from "./run.ts";
import { check, type Check, slowest, within } from "./scenario.ts";
import type { Stack } from "./stack.ts";

const BACK_MS = 30_000;
const RECOVERED_MS = 10_000;

export interface Outage {
  begin: () => Promise<void> | void;
  lastsMs: number;
  end: () => Promise<void> | void;
}

/** What an outage of Redis did to those who asked, and how soon it was over. */
export interface Suffered {
  /** Starts that were both asked and answered while it lasted. */
  starts: Answer[];
  /** Everything else that was asked then. */
  others: Answer[];
  /** From Redis's first answer to the first 202; undefined where none came. */
  acceptsMs: number | undefined;
  /** From Redis's first answer to the first SMS. */
  sendsMs: number | undefined;
}

/** Takes Redis away from a stack under load and gives it back. */
export async function sufferOutage(stack: Stack, load: Load, outage: Outage): Promise<Suffered> {
  await outage.begin();
  const goneAt = Date.now();
  const probe = probeOutage(stack.run, stack.api.origin);
  await pause(stack.run, outage.lastsMs);
  const others = await probe.stop();
  const { messages } = await stack.carrier.totals();
  const backFrom = Date.now();
  const starts = load.starts.filter(({ at, answer }) => at > goneAt && at + answer.ms < backFrom);
  await outage.end();
  const backAt = Date.now();

  const [acceptsMs, sendsMs] = await Promise.all([
    until(stack.run, BACK_MS, () => load.starts.some(({ at, answer }) => at >= backAt && answer.status === 202)),
    until(stack.run, BACK_MS, async () => (await stack.carrier.totals()).messages > messages),
  ]);
  return { starts: starts.map(({ answer }) => answer), others, acceptsMs, sendsMs };
}

/** Holds one outage or several to what is promised: 503 in under 2 s, and all of it goes on by itself. */
export const outageChecks = (suffered: readonly Suffered[]): Check[] => [
  ...unavailable(
    "starts meanwhile",
    suffered.flatMap(({ starts }) => starts),
  ),
  ...unavailable(
    "reads and checks meanwhile",
    suffered.flatMap(({ others }) => others),
  ),
  within("Redis back to the first 202", slowest(suffered.map(({ acceptsMs }) => acceptsMs)), RECOVERED_MS),
  within("Redis back to the first SMS", slowest(suffered.map(({ sendsMs }) => sendsMs)), RECOVERED_MS),
];

/** That every process is the one that was started. */
export function nobodyEnded({ apps }: Stack): Check {
  const ended = apps.filter(({ exit }) => exit !== undefined);
  const how = ended.map(({ name, exit }) => `${name} ${exit}`).join(", ");
  return check("processes that ended", how || "none", "none", ended.length === 0);
}
