import { read } from "../api-client.ts";
import { type Accepted, accepted, mixed, startLoad } from "../load.ts";
import { numberSource } from "../numbers.ts";
import { each, pause, until } from "../run.ts";
import { check, note, type Scenario, seconds, slowest, within } from "../scenario.ts";
import { type Stack, startStack } from "../stack.ts";
import { judge, quiet } from "../tally.ts";

const UNDER_LOAD_MS = 2_000;
const PATIENCE_MS = 40_000;

interface TakenOver {
  /** Deliveries that waited or were being sent when the worker was gone. */
  atHand: number;
  /** Until none of those that were accepted before was left where the dead worker had it. */
  ms: number | undefined;
}

async function takenOver(stack: Stack, before: Accepted[], settled: Set<string>): Promise<TakenOver> {
  const isOpen = async ({ id }: Accepted) => {
    const view = await read(stack.api.origin, id);
    const open = !view || view.deliveries.some(({ status }) => status === "queued" || status === "sending");
    if (!open) settled.add(id);
  };
  let atHand: number | undefined;
  const ms = await until(stack.run, PATIENCE_MS, async () => {
    await each(
      before.filter(({ id }) => !settled.has(id)),
      isOpen,
    );
    const open = before.filter(({ id }) => !settled.has(id)).length;
    atHand ??= open;
    return open === 0;
  });
  return { atHand: atHand ?? 0, ms };
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
    const recoveries: TakenOver[] = [];
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
    const atHand = recoveries.map((each) => each.atHand);
    const times = recoveries.map(({ ms }) => ms);
    return judge(stack, starts, {
      leastServed: 0.9,
      checks: [
        check(
          "deliveries at hand at each kill",
          atHand.join(", "),
          "> 0",
          atHand.every((count) => count > 0),
        ),
        within("kill until all of its jobs were taken over, slowest", slowest(times), 20_000),
        note("each", times.map(seconds).join(", ")),
      ],
    });
  },
};
