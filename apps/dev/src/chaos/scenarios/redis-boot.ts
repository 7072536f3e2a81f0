import { startLoad } from "../load.ts";
import { numberSource } from "../numbers.ts";
import { nobodyEnded, outageChecks, sufferOutage } from "../outage.ts";
import { pause, until } from "../run.ts";
import { type Scenario, within } from "../scenario.ts";
import { startStack } from "../stack.ts";
import { judge, quiet } from "../tally.ts";

const LOGIN = `Basic ${Buffer.from("admin:watchword").toString("base64")}`;

export const redisBoot: Scenario = {
  name: "redis-boot",
  fault: "Redis away when every process starts, and there 6 s later",
  lane: "load",
  play: async (run) => {
    const stack = await startStack(run, { redisAway: true });
    const dashboard = await stack.start("dashboard", { unready: true });
    const numbers = numberSource();
    const load = startLoad(run, { perSecond: 10, number: () => numbers(), origins: [stack.api.origin] });
    const suffered = await sufferOutage(stack, load, {
      begin: () => undefined,
      lastsMs: 6_000,
      end: () => stack.redis.start(),
    });
    const shown = await until(run, 15_000, async () => {
      const answer = await fetch(dashboard.origin, { headers: { authorization: LOGIN } }).catch(() => undefined);
      return answer?.status === 200;
    });
    await pause(run, 2_000);
    const starts = await load.stop();
    await quiet(stack);
    return judge(stack, starts, {
      checks: [
        ...outageChecks([suffered]),
        within("until the dashboard shows the queues, after that", shown, 10_000),
        nobodyEnded(stack),
      ],
    });
  },
};
