import type { Redis } from "ioredis";
import { request } from "../api-client.ts";
import { type Accepted, accepted, isAccepted, start, startLoad } from "../load.ts";
import { numberSource } from "../numbers.ts";
import { nobodyEnded } from "../outage.ts";
import { unavailable } from "../probe.ts";
import { each, pause, until } from "../run.ts";
import { type Check, check, exactly, note, type Scenario, within } from "../scenario.ts";
import { type Stack, startStack } from "../stack.ts";
import { codeIn, judge, quiet, sentOf } from "../tally.ts";

/** Of room for what is still taken. */
const ROOM_BYTES = 300_000;

async function fill(redis: Redis): Promise<void> {
  const used = Number(/^used_memory:(\d+)/m.exec(await redis.info("memory"))?.[1]);
  await redis.config("SET", "maxmemory", used + ROOM_BYTES);
}

/** Of every pending verification that Redis holds, those whose code it does not hold. */
async function withoutCode(redis: Redis): Promise<{ pending: number; codeless: number }> {
  const counts = { pending: 0, codeless: 0 };
  for await (const keys of redis.scanStream({ match: "ww:{*}:v:*", count: 1_000 })) {
    for (const key of keys as string[]) {
      if ((await redis.hget(key, "status")) !== "pending") continue;
      counts.pending += 1;
      if ((await redis.exists(key.replace("}:v:", "}:code:"))) === 0) counts.codeless += 1;
    }
  }
  return counts;
}

/** Checks the code that the phone shows. */
async function checkRight(stack: Stack, of: readonly Accepted[]) {
  return each(await sentOf(stack, of), ({ id, messages }) =>
    request(stack.api.origin, "POST", `/v1/verifications/${id}/check`, {
      code: messages[0] ? codeIn(messages[0]) : "none",
    }),
  );
}

const approved = (answers: { body: Record<string, unknown> }[]) =>
  answers.filter(({ body }) => body["valid"] === true && body["attempts_remaining"] === 3).length;

export const redisFull: Scenario = {
  name: "redis-full",
  fault: "Redis full (maxmemory) under load, then given room",
  lane: "load",
  play: async (run) => {
    const stack = await startStack(run);
    const numbers = numberSource();
    const early = accepted(await each(Array.from({ length: 20 }), () => start(stack.api.origin, numbers())));
    await quiet(stack);

    await stack.redis.ask(fill);
    const load = startLoad(run, { perSecond: 40, number: () => numbers(), origins: [stack.api.origin] });
    const refusals = () => load.starts.filter((one) => !isAccepted(one));
    const fullAfter = await until(run, 30_000, () => refusals().length > 0);
    await pause(run, 3_000);
    const denied = await checkRight(stack, early);
    const partial = await stack.redis.ask(withoutCode);
    const answers = refusals().map(({ answer }) => answer);
    const starts = await load.stop();
    await stack.redis.ask((redis) => redis.config("SET", "maxmemory", 0));

    const served = await until(run, 20_000, async () => isAccepted(await start(stack.api.origin, numbers())));
    const again = await each(
      starts.filter((one) => !isAccepted(one)),
      ({ to }) => start(stack.api.origin, to),
    );
    const drained = await quiet(stack);
    const all = [...starts.filter(isAccepted), ...again];
    const checks: Check[] = [
      check("full", fullAfter === undefined ? "never" : "yes", "yes", fullAfter !== undefined),
      ...unavailable("starts refused when full", answers),
      ...unavailable("right codes checked when full", denied),
      check(
        "pending verifications without their code",
        `${partial.codeless} of ${partial.pending}`,
        "0 of some",
        partial.codeless === 0 && partial.pending > 0,
      ),
      within("room until the first 202", served, 10_000),
      within("room until nothing waits", drained, 40_000),
      note("refused requests that were recorded all the same", again.filter((one) => one.answer.status === 200).length),
      exactly("right codes of before that approve now", approved(await checkRight(stack, early)), early.length),
      exactly(
        "right codes of all others that approve now",
        approved(await checkRight(stack, accepted(all))),
        all.length,
      ),
      nobodyEnded(stack),
    ];
    return judge(stack, all, { checks });
  },
};
