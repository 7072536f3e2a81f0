import { setTimeout as delay } from "node:timers/promises";
import { type Answer, request } from "./api-client.ts";
import type { Run } from "./run.ts";
import { type Check, check, within } from "./scenario.ts";

const BETWEEN_MS = 250;
/** Well-formed, and of nobody. */
const UNKNOWN = `vf_${"A".repeat(32)}`;

export interface Probe {
  /** Ends it, and gives the answers. */
  stop(): Promise<Answer[]>;
}

/** Asks an API that has no Redis for all that needs one, beside the starts of a load. */
export function probeOutage(run: Run, origin: string): Probe {
  const answers: Answer[] = [];
  const stopped = new AbortController();
  const over = AbortSignal.any([run.signal, stopped.signal]);
  const ask = async () => {
    answers.push(
      ...(await Promise.all([
        request(origin, "GET", "/readyz"),
        request(origin, "GET", `/v1/verifications/${UNKNOWN}`),
        request(origin, "POST", `/v1/verifications/${UNKNOWN}/check`, { code: "123456" }),
      ])),
    );
  };
  const going = (async () => {
    while (!over.aborted) {
      await ask();
      await delay(BETWEEN_MS);
    }
  })();
  return {
    stop: async () => {
      stopped.abort();
      await going;
      return answers;
    },
  };
}

/** That every one of these answers is 503, and in time. */
export function unavailable(what: string, answers: readonly Answer[]): Check[] {
  const statuses = new Map<number, number>();
  for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const counts = [...statuses].map(([status, count]) => `${count} × ${status || "no answer"}`).join(", ");
  return [
    check(what, counts || "none", "503 only", answers.length > 0 && answers.every(({ status }) => status === 503)),
    within(`${what}, slowest`, Math.max(0, ...answers.map(({ ms }) => ms)), 2_000),
  ];
}
