import { read } from "./api-client.ts";
import type { Sms } from "./carrier.ts";
import { type Accepted, accepted, type Start } from "./load.ts";
import { each, until } from "./run.ts";
import { atMost, check, type Check, exactly, type Findings } from "./scenario.ts";
import type { App, Stack } from "./stack.ts";

const QUIET_MS = 45_000;
const RECEIPT_MS = 1_000;
const SHOWN_LOST = 8;
const SHOWN_LINES = 4;
/** Where messages and receipts wait to be dealt with; when nothing is there, nothing more will be sent. */
const queues = ["sms-telnyx", "receipts"];

async function jobsLeft({ redis }: Stack): Promise<number> {
  return redis.ask(async (client) => {
    const counts = await Promise.all(
      queues.flatMap((name) => {
        const key = (list: string) => `ww:{${name}}:${name}:${list}`;
        return [
          ...["wait", "active", "paused"].map((list) => client.llen(key(list))),
          ...["delayed", "prioritized"].map((set) => client.zcard(key(set))),
        ];
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  });
}

/**
 * Waits until the workers have nothing left to do, so that a message too many is not still to come.
 * @returns milliseconds; undefined where they still had after `timeoutMs`.
 */
export async function quiet(stack: Stack, timeoutMs = QUIET_MS): Promise<number | undefined> {
  let quietSince: number | undefined;
  const waited = await until(stack.run, timeoutMs, async () => {
    if ((await jobsLeft(stack)) > 0) quietSince = undefined;
    else quietSince ??= performance.now();
    // The carrier may be about to post a receipt.
    return quietSince !== undefined && performance.now() - quietSince > RECEIPT_MS;
  });
  return waited === undefined ? undefined : Math.max(0, waited - RECEIPT_MS);
}

export interface Sent extends Accepted {
  messages: Sms[];
}

/** What the carrier delivered of each. */
export const sentOf = (stack: Stack, of: readonly Accepted[]): Promise<Sent[]> =>
  each(of, async (one) => ({ ...one, messages: await stack.carrier.messagesTo(one.to) }));

/** The code in a message. */
export const codeIn = ({ text }: Sms): string => /\d{6}/.exec(text)?.[0] ?? "";

export interface Verdict {
  /** Most SMS that one verification may cause. */
  mostEach?: 0 | 1 | 2;
  /** Share of the starts that has to be accepted and sent; where it is not given, more than none. */
  leastServed?: number;
  checks: Check[];
}

/** A fault that keeps everything from being accepted loses nothing: without this it would pass. */
function servedCheck(served: number, starts: number, least: number | undefined): Check {
  const ok = served > 0 && served >= (least ?? 0) * starts;
  const bound = least === undefined ? "> 0" : `≥ ${Math.round(least * 100)} %`;
  return check("starts accepted and sent", `${served} of ${starts}`, bound, ok);
}

/** Counts, and adds the checks that every scenario has: something was sent, nothing lost, no message too many. */
export async function judge(stack: Stack, starts: readonly Start[], verdict: Verdict): Promise<Findings> {
  const { mostEach = 2, leastServed } = verdict;
  const sent = await sentOf(stack, accepted(starts));
  const unsent = await each(
    sent.filter(({ messages }) => messages.length === 0),
    async ({ id }) => ({ id, view: await read(stack.api.origin, id) }),
  );
  const lost = unsent.filter(({ view }) => !view || view.status === "pending");
  const most = Math.max(0, ...sent.map(({ messages }) => messages.length));
  const differing = sent.filter(({ messages }) => new Set(messages.map(codeIn)).size > 1).length;
  const messages = sent.reduce((sum, one) => sum + one.messages.length, 0);
  const served = sent.length - unsent.length;
  const checks = [
    servedCheck(served, starts.length, leastServed),
    exactly("lost", lost.length, 0),
    atMost("SMS of one verification", most, mostEach),
    ...(differing > 0 ? [exactly("verifications with different codes in their SMS", differing, 0)] : []),
    ...verdict.checks,
  ];
  const failed = checks.some(({ ok }) => !ok);
  return {
    accepted: sent.length,
    sent: messages,
    lost: lost.length,
    duplicates: messages - served,
    checks,
    evidence: failed ? [...told(lost), ...stack.apps.flatMap(troubles)] : [],
  };
}

const told = (lost: { id: string; view: Awaited<ReturnType<typeof read>> }[]) =>
  lost
    .slice(0, SHOWN_LOST)
    .map(
      ({ id, view }) => `lost: ${id} ${view ? `${view.status} ${JSON.stringify(view.deliveries)}` : "cannot be read"}`,
    );

/** Of pino's levels: warnings and worse. */
const TROUBLE = /"level":[456]0/;

const troubles = (app: App) => [
  ...(app.exit ? [`${app.name} ${app.pid} ${app.exit}`] : []),
  ...app.lines
    .filter((line) => TROUBLE.test(line) || !line.startsWith("{"))
    .slice(-SHOWN_LINES)
    .map((line) => `${app.name} ${app.pid}: ${line}`),
];
