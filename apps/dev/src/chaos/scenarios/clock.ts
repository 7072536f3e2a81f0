import { request } from "../api-client.ts";
import { accepted, start } from "../load.ts";
import { type Ending, numberSource } from "../numbers.ts";
import { each, pause, until } from "../run.ts";
import { check, exactly, note, type Scenario, seconds } from "../scenario.ts";
import { type App, type AppOptions, type Stack, startStack } from "../stack.ts";
import { codeIn, judge, quiet, type Sent, sentOf } from "../tally.ts";

const OFF_MS = 300_000;
const LIFE_MS = 15_000;
/** Of each API. */
const EACH = 20;
/** The simulator says `Retry-After: 1`, twice. */
const EARLIEST_RETRIED_MS = 2_000;

const off = (ms: number): AppOptions => ({
  env: { CLOCK_SHIFT_MS: String(ms) },
  preloads: [new URL("../clock-shift.ts", import.meta.url).href],
});

/** Checks the code that each phone shows; every API is asked in turn. */
const checkRight = (apis: readonly App[], of: readonly Sent[]) =>
  each(of, async ({ id, messages, to }) => {
    const code = messages[0] ? codeIn(messages[0]) : "none";
    const api = apis[Number(to.slice(2, 5)) % apis.length];
    return (await request(api?.origin ?? "", "POST", `/v1/verifications/${id}/check`, { code })).body;
  });

/** Asks every API for codes. */
const ask = (apis: readonly App[], ending?: Ending) => {
  const numbers = numberSource();
  const origins = apis.flatMap(({ origin }) => Array.from({ length: EACH }, () => origin));
  return each(origins, (origin) => start(origin, numbers(ending)));
};

/** From the request for a code to its SMS, for those that have one. */
const delays = (sent: readonly Sent[]) =>
  sent.flatMap(({ at, messages }) => (messages[0] ? [Date.parse(messages[0].at) - at] : []));

const isExpired = ({ valid, status }: Record<string, unknown>) => valid === false && status === "expired";

async function startOff(stack: Stack): Promise<App[]> {
  const [fast, slow] = await Promise.all([
    stack.start("api", off(OFF_MS)),
    stack.start("api", off(-OFF_MS)),
    stack.start("worker", off(OFF_MS)),
    stack.start("worker", off(-OFF_MS)),
  ]);
  return [stack.api, fast, slow];
}

export const clock: Scenario = {
  name: "clock",
  fault: "an API and a worker whose clocks are 5 minutes fast, and others 5 minutes slow, beside right ones",
  lane: "load",
  play: async (run) => {
    const stack = await startStack(run, { workers: 1, env: { OTP_EXPIRY_SECONDS: String(LIFE_MS / 1000) } });
    const apis = await startOff(stack);
    const ordinary = accepted(await ask(apis));
    const retried = accepted(await ask(apis, "0003"));
    const count = apis.length * EACH;
    await until(run, LIFE_MS / 2, async () => (await stack.carrier.totals()).messages >= 2 * count);

    const sent = await sentOf(stack, ordinary);
    const [early, late] = [sent.filter((_, i) => i % 2 === 0), sent.filter((_, i) => i % 2 === 1)];
    const alive = await checkRight(apis, early);
    await pause(run, Math.max(0, ...late.map(({ at }) => at + LIFE_MS + 1_500 - Date.now())));
    const over = await checkRight(apis.toReversed(), late);
    await quiet(stack, 5_000);

    const afterRetries = delays(await sentOf(stack, retried));
    const lives = [...ordinary, ...retried].map(({ at, expiresAt }) => expiresAt - at);
    const [shortest, longest] = [Math.min(...lives), Math.max(...lives)];
    const soonest = Math.min(...afterRetries);
    return judge(stack, [...ordinary, ...retried], {
      mostEach: 1,
      checks: [
        exactly("ordinary ones sent", delays(sent).length, count),
        note("SMS after the request, latest", seconds(Math.max(...delays(sent)))),
        check(
          "life that the APIs give a code",
          `${seconds(shortest)} to ${seconds(longest)}`,
          "15 s and no more than the request took",
          shortest >= LIFE_MS && longest < LIFE_MS + 2_000,
        ),
        exactly("right codes approved within it", alive.filter(({ valid }) => valid === true).length, early.length),
        exactly("right codes refused as expired after it", over.filter(isExpired).length, late.length),
        exactly("sent within the code's life after two 429", afterRetries.length, count),
        check("and Retry-After kept, soonest", seconds(soonest), "≥ 2 s", soonest >= EARLIEST_RETRIED_MS),
        note("latest", seconds(Math.max(...afterRetries))),
      ],
    });
  },
};

const RETRIES = 20;
const LEFT_LIFE_S = 30;

export const clockLeft: Scenario = {
  name: "clock-left",
  fault: "a worker whose clock is 5 minutes fast is stopped and replaced while its retries wait",
  lane: "wait",
  play: async (run) => {
    const stack = await startStack(run, { workers: 0, env: { OTP_EXPIRY_SECONDS: String(LEFT_LIFE_S) } });
    const fast = await stack.start("worker", off(OFF_MS));
    const numbers = numberSource();
    const starts = await each(Array.from({ length: RETRIES }), () => start(stack.api.origin, numbers("0003")));
    // Each has had its first 429 and not yet its second.
    await until(run, 5_000, async () => (await stack.carrier.totals()).requests >= RETRIES);
    fast.signal("SIGTERM");
    await fast.ended;
    await stack.start("worker");
    await until(run, LEFT_LIFE_S * 1000, async () => (await stack.carrier.totals()).messages >= RETRIES);
    const sent = await sentOf(stack, accepted(starts));
    return judge(stack, starts, {
      mostEach: 1,
      checks: [
        exactly("sent within the code's life", delays(sent).length, RETRIES),
        note("SMS after the request, latest", delays(sent).length > 0 ? seconds(Math.max(...delays(sent))) : "none"),
      ],
    });
  },
};
