import { read } from "../api-client.ts";
import { type Accepted, accepted, mixed, startLoad } from "../load.ts";
import { numberSource } from "../numbers.ts";
import { each, pause, until } from "../run.ts";
import { type Scenario, within } from "../scenario.ts";
import { type Stack, startStack } from "../stack.ts";
import { judge, quiet } from "../tally.ts";

const BETWEEN_KILLS_MS = 3_000;
const PATIENCE_MS = 40_000;

/** Milliseconds until no delivery that was accepted before is left where the dead worker had it. */
async function takenOver(stack: Stack, before: Accepted[], settled: Set<string>): Promise<number | undefined> {
  const isOpen = async ({ id }: Accepted) => {
    const view = await read(stack.api.origin, id);
    const open = !view || view.deliveries.some(({ status }) => status === "queued" || status === "sending");
    if (!open) settled.add(id);
  };
  return until(stack.run, PATIENCE_MS, async () => {
    const open = before.filter(({ id }) => !settled.has(id));
    await each(open, isOpen);
    return open.every(({ id }) => settled.has(id));
  }).catch(() => undefined); // aborted, and nobody may be waiting for it yet
}

export const workerKill: Scenario = {
  name: "worker-kill",
  fault: "kill -9 of a worker five times under load, another one started each time",
  lane: "load",
  quick: true,
  play: async (run) => {
    const stack = await startStack(run, { latencyMs: 200 });
    const load = startLoad(run, {
      perSecond: run.quick ? 20 : 40,
      number: mixed(numberSource()),
      origins: [stack.api.origin],
    });
    const settled = new Set<string>();
    const recoveries: Promise<number | undefined>[] = [];
    for (let kill = 0; kill < (run.quick ? 1 : 5); kill += 1) {
      await pause(run, BETWEEN_KILLS_MS);
      stack.workers[kill]?.signal("SIGKILL"); // the one that has run for longest
      recoveries.push(takenOver(stack, accepted(load.starts), settled));
      await stack.start("worker");
    }
    const starts = await load.stop();
    const times = await Promise.all(recoveries);
    await quiet(stack);
    const slowest = times.includes(undefined) ? undefined : Math.max(...times.map(Number));
    return judge(stack, starts, {
      checks: [within("kill until all of its jobs were taken over, slowest", slowest, 20_000)],
    });
  },
};
