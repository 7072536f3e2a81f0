import { setTimeout as delay } from "node:timers/promises";
import { ExplainedError } from "./explained-error.ts";

const ASK_MS = 2_000;
const BETWEEN_MS = 100;

/** Something that must be so before the stack is ready. */
export interface Condition {
  name: string;
  /** Undefined once it is so; else what is in the way, for people. */
  obstacle: () => Promise<string | undefined> | string | undefined;
}

/** That a URL answers with a status. */
export const answers = (name: string, url: string, status: number): Condition => ({
  name,
  obstacle: async () => {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(ASK_MS), redirect: "manual" });
      await response.body?.cancel();
      return response.status === status ? undefined : `${url} answers ${response.status} instead of ${status}`;
    } catch (error) {
      const { name: kind, cause } = error as Error & { cause?: { code?: string } };
      return `${url} does not answer (${cause?.code ?? kind})`;
    }
  },
});

/**
 * Resolves when every condition has been met once.
 * @throws {ExplainedError} that says what is in the way of each that is not met within `timeoutMs`.
 */
export async function untilReady(conditions: readonly Condition[], timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  const obstacles = await Promise.all(
    conditions.map(async ({ name, obstacle }) => {
      for (;;) {
        const what = await obstacle();
        if (what === undefined) return [];
        if (Date.now() >= deadline) return [`  ${name}: ${what}`];
        await delay(BETWEEN_MS);
      }
    }),
  );
  if (obstacles.flat().length > 0)
    throw new ExplainedError([`Not ready after ${timeoutMs / 1000} s:`, ...obstacles.flat()].join("\n"));
}
