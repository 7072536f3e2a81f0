import { randomInt } from "node:crypto";
import { request } from "../api-client.ts";
import { accepted, isAccepted, start, type Start } from "../load.ts";
import { numberSource } from "../numbers.ts";
import { each, pause } from "../run.ts";
import { check, exactly, note, type Scenario } from "../scenario.ts";
import { type App, type Stack, startStack } from "../stack.ts";
import { codeIn, judge, quiet, sentOf } from "../tally.ts";

const BURST = 20;

/** Kills the API while it has `BURST` requests at hand. */
async function burst(stack: Stack, api: App, number: () => string, frozen: boolean): Promise<Start[]> {
  // With Redis frozen, every request is caught after it has left the API and before it is answered.
  if (frozen) stack.redis.signal("SIGSTOP");
  const asked = Promise.all(Array.from({ length: BURST }, () => start(api.origin, number())));
  await pause(stack.run, frozen ? 150 : randomInt(5, 80));
  api.signal("SIGKILL");
  if (frozen) stack.redis.signal("SIGCONT");
  return asked;
}

export const apiKill: Scenario = {
  name: "api-kill",
  fault: "kill -9 of the API mid-request, the client sends the same request again",
  lane: "load",
  quick: true,
  play: async (run) => {
    const stack = await startStack(run);
    const numbers = numberSource();
    const final: Start[] = [];
    let cutOff = 0;
    let alreadyRecorded = 0;
    for (let round = 0; round < (run.quick ? 2 : 8); round += 1) {
      const starts = await burst(stack, stack.api, () => numbers(), round % 2 === 1);
      stack.api = await stack.start("api", { port: Number(new URL(stack.api.origin).port) });
      const unanswered = starts.filter(({ answer }) => answer.status === 0);
      const again = await each(unanswered, ({ to }) => start(stack.api.origin, to));
      cutOff += unanswered.length;
      alreadyRecorded += again.filter(({ answer }) => answer.status === 200).length;
      final.push(...starts.filter(isAccepted), ...again);
    }
    await quiet(stack);
    const sent = await sentOf(stack, accepted(final));
    const approvals = await each(sent, ({ id, messages }) => {
      const code = messages[0] ? codeIn(messages[0]) : "none";
      return request(stack.api.origin, "POST", `/v1/verifications/${id}/check`, { code });
    });
    return judge(stack, final, {
      mostEach: 1,
      checks: [
        check("requests cut off", cutOff, "> 0", cutOff > 0),
        note("of them recorded before the kill", alreadyRecorded),
        exactly("repeats not accepted", final.filter((one) => !isAccepted(one)).length, 0),
        exactly("codes that approve the one verification", approvals.filter(isValid).length, final.length),
      ],
    });
  },
};

const isValid = ({ body }: { body: Record<string, unknown> }) => body["valid"] === true;
