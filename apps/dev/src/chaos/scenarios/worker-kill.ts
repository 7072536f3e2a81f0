import { read } from "../api-client.ts";
import { type Accepted, accepted, mixed, startLoad } from "../load.ts";
import { numberSource } from "../numbers.ts";
import { each, pause, until } from "../run.ts";
import { note, type Scenario, seconds, slowest, within } from "../scenario.ts";
import { type Stack, startStack } from "../stack.ts";
import { judge, quiet } from "../tally.ts";

const UNDER_LOAD_MS = 2_000;
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
  });
}

export const workerKill: Scenario = {
  name: "worker-kill",
  fault: "kill -9 of a worker five times under load, another one started each time",
  lane: "load",
  quick: true,
  play: async (run) => {
    const stack = await startStack(run, { latencyMs: 1_000 });
    const load = startLoad(run, {
      perSecond: run.quick ? 20 : 30,
      number: mixed(numberSource()),
      origins: [stack.api.origin],
    });
    const settled = new Set<string>();
    const recoveries: (number | undefined)[] = [];
    for (let kill = 0; kill < (run.quick ? 1 : 5); kill += 1) {
      await pause(run, UNDER_LOAD_MS);
      stack.workers[kill]?.signal("SIGKILL"); // the one that has run for longest
      const before = accepted(load.starts);
      // Not sooner than all is taken over: what the next kill interrupts again would count from the first one.
      const [recovery] = await Promise.all([takenOver(stack, before, settled), stack.start("worker")]);
      recoveries.push(recovery);
    }
    const starts = await load.stop();
    await quiet(stack);
    return judge(stack, starts, {
      checks: [
        within("kill until all of its jobs were taken over, slowest", slowest(recoveries), 20_000),
        note("each", recoveries.map(seconds).join(", ")),
      ],
    });
  },
};
