import { mixed, startLoad } from "../load.ts";
import { numberSource } from "../numbers.ts";
import { nobodyEnded, outageChecks, sufferOutage } from "../outage.ts";
import { pause } from "../run.ts";
import type { Scenario } from "../scenario.ts";
import { startStack } from "../stack.ts";
import { judge, quiet } from "../tally.ts";

export const redisFrozen: Scenario = {
  name: "redis-frozen",
  fault: "Redis stopped (SIGSTOP) for 10 s under load: connected, and silent",
  lane: "load",
  play: async (run) => {
    const stack = await startStack(run, { latencyMs: 1_000, env: { WORKER_CONCURRENCY: "5" } });
    const load = startLoad(run, { perSecond: 20, number: mixed(numberSource()), origins: [stack.api.origin] });
    await pause(run, 4_000);
    const suffered = await sufferOutage(stack, load, {
      begin: () => stack.redis.signal("SIGSTOP"),
      lastsMs: 10_000,
      end: () => stack.redis.signal("SIGCONT"),
    });
    const starts = await load.stop();
    await quiet(stack);
    return judge(stack, starts, { checks: [...outageChecks([suffered]), nobodyEnded(stack)] });
  },
};
