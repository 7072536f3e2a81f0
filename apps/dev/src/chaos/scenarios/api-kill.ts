import { randomInt, randomUUID } from "node:crypto";
import { request } from "../api-client.ts";
import { accepted, isAccepted, start, type Start } from "../load.ts";
import { type NumberSource, numberSource } from "../numbers.ts";
import { each, pause } from "../run.ts";
import { check, exactly, note, type Scenario } from "../scenario.ts";
import { type App, type Stack, startStack } from "../stack.ts";
import { codeIn, judge, quiet, sentOf } from "../tally.ts";

const BURST = 20;
/** A second apart: the lock of a request that was cut off ends after 12 s. */
const REPEATS = 15;
const MORE_ROUNDS = 6;

interface Intent {
  to: string;
  /** Sent along as Idempotency-Key. */
  key: string | undefined;
}

const intents = (numbers: NumberSource, keyed: boolean): Intent[] =>
  Array.from({ length: BURST }, () => ({ to: numbers(), key: keyed ? randomUUID() : undefined }));

const burst = (api: App, of: readonly Intent[]) => Promise.all(of.map(({ to, key }) => start(api.origin, to, key)));

/** Kills the API while it has requests at hand, at any point of what it does for one. */
async function cutOff(stack: Stack, of: readonly Intent[], frozen: boolean, usualMs: number): Promise<Start[]> {
  const asked = burst(stack.api, of);
  await pause(stack.run, randomInt(10, 130) * 0.01 * usualMs);
  // With Redis frozen, what was asked of it before the kill is done after it.
  if (frozen) stack.redis.signal("SIGSTOP");
  if (frozen) await pause(stack.run, 200);
  stack.api.signal("SIGKILL");
  if (frozen) stack.redis.signal("SIGCONT");
  return asked;
}

/** Sends the same request again until it is answered for good, as an application does. */
async function repeat(stack: Stack, { to, key }: Intent): Promise<Start> {
  let last = await start(stack.api.origin, to, key);
  for (let again = 1; again < REPEATS && !isAccepted(last); again += 1) {
    await pause(stack.run, 1_000);
    last = await start(stack.api.origin, to, key);
  }
  return last;
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
    let interrupted = 0;
    let alreadyRecorded = 0;
    const rounds = run.quick ? 2 : 8;
    // On a busy machine a burst may be answered before the kill comes: then there is another round.
    for (let round = 0; round < rounds || (interrupted === 0 && round < rounds + MORE_ROUNDS); round += 1) {
      // The first requests of a process take longer than all others.
      const sound = await burst(stack.api, intents(numbers, false));
      const usual = await burst(stack.api, intents(numbers, false));
      const usualMs = Math.min(...usual.map(({ answer }) => answer.ms));
      const wanted = intents(numbers, round % 4 >= 2);
      const cut = await cutOff(stack, wanted, round % 2 === 1, usualMs);
      stack.api = await stack.start("api", { port: Number(new URL(stack.api.origin).port) });
      const unanswered = wanted.filter((_, i) => cut[i]?.answer.status === 0);
      const repeated = await each(unanswered, (intent) => repeat(stack, intent));
      interrupted += unanswered.length;
      alreadyRecorded += repeated.filter(({ answer }) => answer.status === 200).length;
      final.push(...sound, ...usual, ...cut.filter(({ answer }) => answer.status !== 0), ...repeated);
    }
    await quiet(stack);
    const sent = await sentOf(stack, accepted(final));
    const approvals = await each(sent, ({ id, messages }) => {
      const code = messages[0] ? codeIn(messages[0]) : "none";
      return request(stack.api.origin, "POST", `/v1/verifications/${id}/check`, { code });
    });
    const recorded = "of them recorded before the kill, and told so";
    return judge(stack, final, {
      mostEach: 1,
      checks: [
        check("requests cut off", interrupted, "> 0", interrupted > 0),
        run.quick ? note(recorded, alreadyRecorded) : check(recorded, alreadyRecorded, "> 0", alreadyRecorded > 0),
        exactly("not accepted in the end", final.filter((one) => !isAccepted(one)).length, 0),
        exactly("codes that approve the one verification", approvals.filter(isValid).length, final.length),
      ],
    });
  },
};

const isValid = ({ body }: { body: Record<string, unknown> }) => body["valid"] === true;
