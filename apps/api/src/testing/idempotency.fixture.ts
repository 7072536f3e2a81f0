import { randomUUID } from "node:crypto";
import type { TestCore } from "@watchword/otp-core/testing";
import { expect } from "vitest";
import type { Answer, TestApi } from "./api.fixture.ts";

/** The header with a key that nobody else has. */
export const newKey = (): { "idempotency-key": string } => ({ "idempotency-key": randomUUID() });

/** The headers that are not the answer's, but the connection's and the moment's. */
const ofTheMoment = new Set(["date", "connection", "content-length", "keep-alive", "idempotency-replayed"]);

/** All that has to come back when the answer is given again. */
export function essence({ statusCode, headers, body }: Answer): object {
  const own = Object.entries(headers).filter(([name]) => !ofTheMoment.has(name));
  return { statusCode, headers: Object.fromEntries(own), body };
}

export const wasReplayed = ({ headers }: Answer): boolean => headers["idempotency-replayed"] === "true";

/** Holds the second answer to being the first, byte for byte, and to saying so. */
export function expectReplay(first: Answer, again: Answer): void {
  expect(wasReplayed(first)).toBe(false);
  expect(again.headers["idempotency-replayed"]).toBe("true");
  expect(essence(again)).toEqual(essence(first));
  expect(again.rawPayload.equals(first.rawPayload)).toBe(true);
}

/** How often the delivery stands in the line of those to be sent. */
export async function timesWaiting({ core }: Pick<TestApi, "core">, deliveryId: string): Promise<number> {
  return (await core.redis.lpos("ww:{sms-telnyx}:sms-telnyx:wait", deliveryId, "COUNT", 0)).length;
}

/** Lets the locks of requests that were cut off come to their end, and gives how long they would have lived. */
export async function endLocks({ core: { redis } }: Pick<TestApi, "core">): Promise<number[]> {
  const lives: number[] = [];
  for (const key of await redis.keys("ww:{*}:request")) {
    if (!(await redis.get(key))?.startsWith("running ")) continue;
    lives.push(await redis.pttl(key));
    await redis.pexpire(key, 0);
  }
  return lives;
}

export interface InterruptibleCore {
  core: TestCore;
  /** What happens to the next request that enqueues a delivery or approves: after it has, and before it is answered. */
  interruptNext(by: () => unknown): void;
  /** Stops the next one there: until it is released, the process might as well be dead. */
  holdNext(): { held: Promise<void>; release: () => void };
}

export function interruptible(core: TestCore): InterruptibleCore {
  let interruption: (() => unknown) | undefined;
  async function interrupted(): Promise<void> {
    const interrupt = interruption;
    interruption = undefined;
    await interrupt?.();
  }
  async function add(...work: Parameters<TestCore["queue"]["add"]>): Promise<void> {
    await core.queue.add(...work);
    await interrupted();
  }
  async function sign(...claims: Parameters<TestCore["tokens"]["sign"]>): Promise<string> {
    await interrupted();
    return core.tokens.sign(...claims);
  }
  const interruptNext = (by: () => unknown) => {
    interruption = by;
  };
  return {
    core: { ...core, queue: { ...core.queue, add }, tokens: { ...core.tokens, sign } },
    interruptNext,
    holdNext() {
      const [held, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      interruptNext(() => {
        held.resolve();
        return released.promise;
      });
      return { held: held.promise, release: released.resolve };
    },
  };
}
