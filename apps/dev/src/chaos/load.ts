import { setTimeout as delay } from "node:timers/promises";
import { type Answer, request } from "./api-client.ts";
import type { NumberSource } from "./numbers.ts";
import type { Run } from "./run.ts";

/** One request for a code, as its application saw it. */
export interface Start {
  to: string;
  /** When it was sent, ms since the epoch. */
  at: number;
  answer: Answer;
}

export interface Accepted extends Start {
  id: string;
  /** ms since the epoch. */
  expiresAt: number;
}

/** @param key the same one again makes it the same request */
export async function start(origin: string, to: string, key?: string): Promise<Start> {
  const at = Date.now();
  const headers: Record<string, string> = key === undefined ? {} : { "idempotency-key": key };
  return { to, at, answer: await request(origin, "POST", "/v1/verifications", { to }, headers) };
}

/** 200 says that one is pending already: whoever repeats a request that was cut off is owed the same. */
export const isAccepted = ({ answer }: Start): boolean => answer.status === 202 || answer.status === 200;

export const accepted = (starts: readonly Start[]): Accepted[] =>
  starts.filter(isAccepted).map((start) => ({
    ...start,
    id: String(start.answer.body["id"]),
    expiresAt: Date.parse(String(start.answer.body["expires_at"])),
  }));

export interface Load {
  /** Those that were answered so far, in the order of their answers. */
  starts: Start[];
  /** Ends it, and waits for the answers that are still to come. */
  stop(): Promise<Start[]>;
}

export interface LoadOptions {
  perSecond: number;
  number: () => string;
  /** Of the APIs, in turn. */
  origins: readonly string[];
}

/** Asks for codes at a steady rate, whether the earlier requests were answered or not. */
export function startLoad(run: Run, { perSecond, number, origins }: LoadOptions): Load {
  const starts: Start[] = [];
  const open = new Set<Promise<void>>();
  const stopped = new AbortController();
  const over = AbortSignal.any([run.signal, stopped.signal]);
  let count = 0;
  const begun = performance.now();
  const ask = () => {
    const origin = origins[count % origins.length] ?? "";
    count += 1;
    const asked = start(origin, number()).then((answered) => void starts.push(answered));
    open.add(asked);
    void asked.finally(() => open.delete(asked));
  };
  const going = (async () => {
    while (!over.aborted) {
      // What a late timer missed is made up for, so that the rate holds.
      while (count < ((performance.now() - begun) / 1000) * perSecond) ask();
      await delay(Math.min(50, 1000 / perSecond));
    }
  })();
  return {
    starts,
    stop: async () => {
      stopped.abort();
      await going;
      await Promise.all(open);
      return starts;
    },
  };
}

/** Every fifth number is one whose messages the carrier never gives a receipt for: nothing but the send itself tells. */
export function mixed(numbers: NumberSource): () => string {
  let count = 0;
  return () => {
    count += 1;
    return count % 5 === 0 && count < 1000 ? numbers("0002") : numbers();
  };
}
