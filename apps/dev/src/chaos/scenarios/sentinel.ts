import { ConfigError, loadConfig } from "@watchword/config";
import { accepted, mixed, startLoad } from "../load.ts";
import { numberSource } from "../numbers.ts";
import { nobodyEnded } from "../outage.ts";
import { pause, until } from "../run.ts";
import { check, type Scenario, within } from "../scenario.ts";
import { sentinelUrl, startSentinelSet } from "../sentinels.ts";
import { startStack } from "../stack.ts";
import { judge, quiet } from "../tally.ts";

const PATIENCE_MS = 40_000;

/** Until the settings take such a URL there is nothing to play. */
function obstacle(): string | undefined {
  try {
    loadConfig("api", { REDIS_URL: sentinelUrl([1, 2, 3]) });
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return "REDIS_URL does not take redis+sentinel:// on this version";
  }
}

export const sentinel: Scenario = {
  name: "sentinel",
  fault: "kill -9 of the master under load; three sentinels make the replica the master",
  lane: "load",
  obstacle,
  play: async (run) => {
    const set = await startSentinelSet(run);
    const stack = await startStack(run, { latencyMs: 50, redisUrl: set.url });
    const load = startLoad(run, { perSecond: 40, number: mixed(numberSource()), origins: [stack.api.origin] });
    await pause(run, 5_000);
    await set.master.end("SIGKILL");
    const killedAt = Date.now();
    stack.redis = set.replica;
    const since = () => accepted(load.starts.filter(({ at }) => at >= killedAt));
    const accepts = await until(run, PATIENCE_MS, () => since().length > 0);
    const sends = await until(run, PATIENCE_MS, async () => {
      const [first] = since();
      return first !== undefined && (await stack.carrier.messagesTo(first.to)).length > 0;
    });
    await pause(run, 3_000);
    const starts = await load.stop();
    await quiet(stack);
    const refused = starts.filter(({ answer }) => answer.status >= 400 || answer.status === 0);
    const others = refused.filter(({ answer }) => answer.status !== 503).length;
    return judge(stack, starts, {
      checks: [
        within("kill until the first 202", accepts, 15_000),
        within("and until its SMS", sends, 10_000),
        check("starts refused meanwhile", refused.length, "503 only", others === 0),
        within("starts refused meanwhile, slowest", Math.max(0, ...refused.map(({ answer }) => answer.ms)), 2_000),
        nobodyEnded(stack),
      ],
    });
  },
};
