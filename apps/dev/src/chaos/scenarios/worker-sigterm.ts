import { mixed, startLoad } from "../load.ts";
import { numberSource } from "../numbers.ts";
import { pause } from "../run.ts";
import { check, exactly, type Scenario, within } from "../scenario.ts";
import { startStack } from "../stack.ts";
import { judge, quiet } from "../tally.ts";

/** What an orchestrator waits before it kills. */
const GRACE_MS = 10_000;

export const workerSigterm: Scenario = {
  name: "worker-sigterm",
  fault: "SIGTERM of a worker during sends, again and again, while its replacement starts",
  lane: "load",
  quick: true,
  play: async (run) => {
    const stack = await startStack(run, { latencyMs: 700 });
    const load = startLoad(run, {
      perSecond: run.quick ? 20 : 40,
      number: mixed(numberSource()),
      origins: [stack.api.origin],
    });
    const exits: { how: string; ms: number }[] = [];
    for (let round = 0; round < (run.quick ? 2 : 6); round += 1) {
      await pause(run, 1_500);
      const leaving = stack.workers[round];
      const begun = performance.now();
      leaving?.signal("SIGTERM");
      const left = leaving?.ended.then((how) => exits.push({ how, ms: performance.now() - begun }));
      await Promise.all([left, stack.start("worker")]);
    }
    const starts = await load.stop();
    await quiet(stack);
    const unclean = exits.filter(({ how }) => how !== "exited with code 0").map(({ how }) => how);
    return judge(stack, starts, {
      mostEach: 1,
      leastServed: 0.9,
      checks: [
        check("exits", unclean.join(", ") || `${exits.length} × code 0`, "code 0", unclean.length === 0),
        within("exit after SIGTERM, slowest", Math.max(...exits.map(({ ms }) => ms)), GRACE_MS),
        exactly("rounds", exits.length, run.quick ? 2 : 6),
      ],
    });
  },
};
