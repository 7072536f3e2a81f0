import { request } from "../api-client.ts";
import { accepted, start } from "../load.ts";
import { numberSource } from "../numbers.ts";
import { each } from "../run.ts";
import { atMost, check, exactly, note, type Scenario, seconds } from "../scenario.ts";
import { startStack } from "../stack.ts";
import { codeIn, judge, quiet, type Sent, sentOf } from "../tally.ts";

const LONG = 100;
/** Of each of the short lives. */
const SHORT = 50;
/** About when the third attempts come: some are sent in time, and some would be late. */
const SHORT_LIVES_S = [3, 6, 9];
/** The simulator says `Retry-After: 1`, twice. */
const EARLIEST_MS = 2_000;

const sentAt = ({ messages }: Sent) => Date.parse(messages[0]?.at ?? "");

const lateBy = (one: Sent) => sentAt(one) - one.expiresAt;

export const carrier429: Scenario = {
  name: "carrier-429",
  fault: "the carrier answers 429 with Retry-After, to everything at once",
  lane: "load",
  play: async (run) => {
    const stack = await startStack(run);
    const shortLived = await each(SHORT_LIVES_S, (life) =>
      stack.start("api", { env: { OTP_EXPIRY_SECONDS: String(life) } }),
    );
    const numbers = numberSource();
    const ask = (origin: string, count: number) =>
      each(Array.from({ length: count }), () => start(origin, numbers("0003")));
    const long = await ask(stack.api.origin, LONG);
    const short = (await Promise.all(shortLived.map(({ origin }) => ask(origin, SHORT)))).flat();
    await quiet(stack);

    const { requests } = await stack.carrier.totals();
    const [longSent, shortSent] = [await sentOf(stack, accepted(long)), await sentOf(stack, accepted(short))];
    const delivered = [...longSent, ...shortSent].filter(({ messages }) => messages.length > 0);
    const after = delivered.map((one) => sentAt(one) - one.at);
    const late = delivered.filter((one) => lateBy(one) > 0);
    const inTime = shortSent.filter(({ messages }) => messages.length > 0).length;
    const approvals = await each(longSent, ({ id, messages }) =>
      request(stack.api.origin, "POST", `/v1/verifications/${id}/check`, {
        code: messages[0] ? codeIn(messages[0]) : "none",
      }),
    );
    return judge(stack, [...long, ...short], {
      mostEach: 1,
      checks: [
        exactly("delivered, of those that live long enough", longSent.filter((one) => one.messages[0]).length, LONG),
        exactly("codes that approve", approvals.filter(({ body }) => body["valid"] === true).length, LONG),
        check(
          "Retry-After kept: SMS after the request, soonest",
          seconds(Math.min(...after)),
          "≥ 2 s",
          Math.min(...after) >= EARLIEST_MS,
        ),
        note("SMS after the request, latest", seconds(Math.max(...after))),
        atMost("requests at the carrier", requests, 3 * (LONG + short.length)),
        exactly("sent after expiry", late.length, 0),
        ...(late.length > 0 ? [note("how late, at most", `${Math.max(...late.map(lateBy))} ms`)] : []),
        note(
          `lives of ${SHORT_LIVES_S.join(", ")} s: sent in time, expired unsent`,
          `${inTime}, ${short.length - inTime}`,
        ),
      ],
    });
  },
};
