import { mixed, startLoad } from "../load.ts";
import { numberSource } from "../numbers.ts";
import { nobodyEnded, outageChecks, sufferOutage, type Suffered } from "../outage.ts";
import { pause } from "../run.ts";
import type { Scenario } from "../scenario.ts";
import { startStack } from "../stack.ts";
import { judge, quiet } from "../tally.ts";

export const redisKill: Scenario = {
  name: "redis-kill",
  fault: "SIGKILL of Redis under load, AOF always, started again on its data",
  lane: "load",
  quick: true,
  play: async (run) => {
    const stack = await startStack(run, { latencyMs: 50 });
    const load = startLoad(run, {
      perSecond: run.quick ? 20 : 60,
      number: mixed(numberSource()),
      origins: [stack.api.origin],
    });
    const suffered: Suffered[] = [];
    for (let kill = 0; kill < (run.quick ? 1 : 3); kill += 1) {
      await pause(run, run.quick ? 2_000 : 4_000);
      suffered.push(
        await sufferOutage(stack, load, {
          begin: () => stack.redis.end("SIGKILL"),
          lastsMs: 1_500,
          end: () => stack.redis.start(),
        }),
      );
    }
    await pause(run, 1_000);
    const starts = await load.stop();
    await quiet(stack);
    return judge(stack, starts, { checks: [...outageChecks(suffered), nobodyEnded(stack)] });
  },
};
