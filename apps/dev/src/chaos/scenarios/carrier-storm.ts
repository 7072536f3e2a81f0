import { read, request } from "../api-client.ts";
import { accepted, start, type Start } from "../load.ts";
import { numberSource } from "../numbers.ts";
import { each, mustBe, pause, until } from "../run.ts";
import { atMost, check, exactly, note, type Scenario, seconds, within } from "../scenario.ts";
import { startStack } from "../stack.ts";
import { codeIn, judge, quiet, type Sent, sentOf } from "../tally.ts";

const STORM_S = 120;
const RETRY_AFTER_S = 5;
/** Over within the storm, over soon after it, and never in question. What cannot be sent in time ends early. */
const LIVES_S = { dying: 60, close: 100, living: 300 };
const EACH = 50;
const LATER_MS = 45_000;
/** After the storm: the rest of a pause, and a moment of a slow machine. */
const GOES_ON_MS = (RETRY_AFTER_S + 5) * 1000;
/** A storm of 429 is refused a few messages at a time: those that are at hand when a pause ends. */
const AT_HAND = 2 * 100;

const sentAt = ({ messages }: Sent) => Date.parse(messages[0]?.at ?? "");

export const carrierStorm: Scenario = {
  name: "carrier-storm",
  fault: `the carrier answers everything with 429 and Retry-After ${RETRY_AFTER_S} for ${STORM_S} s`,
  lane: "wait",
  play: async (run) => {
    const stack = await startStack(run);
    const apiOf = async (life: number) =>
      (await stack.start("api", { env: { OTP_EXPIRY_SECONDS: String(life) } })).origin;
    const dyingApi = await apiOf(LIVES_S.dying);
    const closeApi = await apiOf(LIVES_S.close);
    const numbers = numberSource();
    const ask = (origin: string): Promise<Start[]> =>
      each(Array.from({ length: EACH }), () => start(origin, numbers()));

    await stack.carrier.beginStorm(STORM_S, RETRY_AFTER_S);
    const [dying, early] = [await ask(dyingApi), await ask(stack.api.origin)];
    await pause(run, LATER_MS);
    const [close, late] = [await ask(closeApi), await ask(stack.api.origin)];
    await mustBe(run, "the end of the storm", STORM_S * 1000, async () => !(await stack.carrier.storm()).raging);
    const sentInStorm = (await stack.carrier.totals()).messages;
    const goesOn = await until(run, GOES_ON_MS, async () => (await stack.carrier.totals()).messages > 0);
    await quiet(stack);

    const all = [...dying, ...early, ...close, ...late];
    const living = await sentOf(stack, accepted([...early, ...late]));
    const sent = [...living, ...(await sentOf(stack, accepted([...dying, ...close])))];
    const tooLate = sent.filter((one) => sentAt(one) > one.expiresAt);
    const arrived = sent.filter(({ messages }) => messages.length > 0);
    const ends = await each(accepted(dying), async ({ id }) => (await read(stack.api.origin, id))?.status);
    const approvals = await each(living, ({ id, messages }) =>
      request(stack.api.origin, "POST", `/v1/verifications/${id}/check`, {
        code: messages[0] ? codeIn(messages[0]) : "none",
      }),
    );
    const closeOnes = await sentOf(stack, accepted(close));
    const { refused, early: tooEarly } = await stack.carrier.storm();
    return judge(stack, all, {
      mostEach: 1,
      checks: [
        exactly("sent during the storm", sentInStorm, 0),
        exactly("requests before their Retry-After", tooEarly, 0),
        atMost("requests refused", refused, (STORM_S / RETRY_AFTER_S) * AT_HAND),
        within("from the storm's end to the first SMS", goesOn, GOES_ON_MS),
        exactly("sent after expiry", tooLate.length, 0),
        exactly(
          `lives of ${LIVES_S.living} s: delivered`,
          living.filter(({ messages }) => messages[0]).length,
          2 * EACH,
        ),
        exactly("their codes that approve", approvals.filter(({ body }) => body["valid"] === true).length, 2 * EACH),
        exactly(
          `lives of ${LIVES_S.dying} s: ended unsent, as undeliverable or expired`,
          ends.filter((end) => end === "undeliverable" || end === "expired").length,
          EACH,
        ),
        check(
          `lives of ${LIVES_S.close} s, asked for in the storm: refused, or sent in time`,
          `${close.length - closeOnes.length} refused, ${closeOnes.filter(({ messages }) => messages[0]).length} sent`,
          `${EACH} together`,
          close.length - closeOnes.length + closeOnes.filter(({ messages }) => messages[0]).length === EACH,
        ),
        note(
          "SMS before its code's end, shortest",
          seconds(Math.min(...arrived.map((one) => one.expiresAt - sentAt(one)))),
        ),
      ],
    });
  },
};
