import { request } from "../api-client.ts";
import { accepted, start } from "../load.ts";
import { numberSource } from "../numbers.ts";
import { each } from "../run.ts";
import { atMost, check, exactly, note, type Scenario, seconds } from "../scenario.ts";
import { startStack } from "../stack.ts";
import { codeIn, judge, quiet, sentOf } from "../tally.ts";

const ASKED = 100;
/** The simulator says `Retry-After: 1`, twice. */
const EARLIEST_MS = 2_000;

export const carrier429: Scenario = {
  name: "carrier-429",
  fault: "the carrier answers each message twice with 429 and Retry-After, then accepts (0003)",
  lane: "load",
  play: async (run) => {
    const stack = await startStack(run);
    const numbers = numberSource();
    const starts = await each(Array.from({ length: ASKED }), () => start(stack.api.origin, numbers("0003")));
    await quiet(stack);

    const { requests } = await stack.carrier.totals();
    const sent = await sentOf(stack, accepted(starts));
    const after = sent.map(({ at, messages }) => Date.parse(messages[0]?.at ?? "") - at);
    const approvals = await each(sent, ({ id, messages }) =>
      request(stack.api.origin, "POST", `/v1/verifications/${id}/check`, {
        code: messages[0] ? codeIn(messages[0]) : "none",
      }),
    );
    return judge(stack, starts, {
      mostEach: 1,
      checks: [
        exactly("delivered", sent.filter(({ messages }) => messages[0]).length, ASKED),
        exactly("codes that approve", approvals.filter(({ body }) => body["valid"] === true).length, ASKED),
        check(
          "Retry-After kept: SMS after the request, soonest",
          seconds(Math.min(...after)),
          "≥ 2 s",
          Math.min(...after) >= EARLIEST_MS,
        ),
        note("SMS after the request, latest", seconds(Math.max(...after))),
        atMost("requests at the carrier", requests, 3 * ASKED),
      ],
    });
  },
};
