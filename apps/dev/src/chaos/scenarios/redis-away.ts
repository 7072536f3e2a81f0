import { mixed, startLoad } from "../load.ts";
import { numberSource } from "../numbers.ts";
import { nobodyEnded, outageChecks, sufferOutage } from "../outage.ts";
import { pause } from "../run.ts";
import type { Scenario } from "../scenario.ts";
import { startStack } from "../stack.ts";
import { judge, quiet } from "../tally.ts";

const redisAway = (awaySeconds: number, lane: Scenario["lane"]): Scenario => ({
  name: `redis-away-${awaySeconds}`,
  fault: `Redis shut down for ${awaySeconds} s under load, with messages waiting`,
  lane,
  play: async (run) => {
    // Ten a second can be sent, so that more than a few wait when Redis goes.
    const stack = await startStack(run, { latencyMs: 1_000, env: { WORKER_CONCURRENCY: "5" } });
    const load = startLoad(run, { perSecond: 20, number: mixed(numberSource()), origins: [stack.api.origin] });
    await pause(run, 5_000);
    const suffered = await sufferOutage(stack, load, {
      begin: () => stack.redis.end("SIGTERM"),
      lastsMs: awaySeconds * 1_000,
      end: () => stack.redis.start(),
    });
    const starts = await load.stop();
    await quiet(stack);
    return judge(stack, starts, { checks: [...outageChecks([suffered]), nobodyEnded(stack)] });
  },
});

export const redisAway15: Scenario = redisAway(15, "load");
export const redisAway120: Scenario = redisAway(120, "wait");
