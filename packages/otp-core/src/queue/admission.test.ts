import { describe, expect, test } from "vitest";
import { idleQueue } from "../testing/idle-queue.fixture.ts";
import { createAdmission } from "./admission.ts";
import type { QueueBacklog } from "./backlog.ts";

const look = (queue: string, steadyWaitMs: number, waitMs = steadyWaitMs): QueueBacklog => ({
  queue,
  ...idleQueue,
  waiting: 1,
  waitMs,
  steadyWaitMs,
});

const admission = (...looks: QueueBacklog[]) => createAdmission({ latest: () => looks, stop: () => undefined });

/** The seconds after which to come back, where the work is refused; undefined where it is not. */
function retryAfter(waitMs: number, lifeSeconds = 300): number | undefined {
  try {
    admission(look("sms-telnyx", waitMs)).check("sms-telnyx", lifeSeconds);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: "unavailable" });
    return (error as { details: { retryAfterSeconds?: number } }).details.retryAfterSeconds;
  }
}

describe("work is accepted", () => {
  test.each([0, 1, 299_000, 299_999])("while it would wait %d ms of a life of 300 s", (waitMs) => {
    expect(retryAfter(waitMs)).toBeUndefined();
  });

  test("while only the newest look says that it would wait longer", () => {
    expect(() => admission(look("sms-telnyx", 0, 900_000)).check("sms-telnyx", 300)).not.toThrow();
  });

  test("before the first look", () => {
    expect(() => admission().check("sms-telnyx", 300)).not.toThrow();
  });

  test("of one queue while another is too long", () => {
    const both = admission(look("sms-telnyx", 0), look("call-telnyx", 900_000));
    expect(() => both.check("sms-telnyx", 300)).not.toThrow();
    expect(() => both.check("call-telnyx", 300)).toThrow(expect.objectContaining({ code: "unavailable" }));
  });
});

describe("work is refused that could not be finished while its code lives, with the time", () => {
  test.each([
    [300_000, 300, 1],
    [300_001, 300, 1],
    [310_000, 300, 10],
    [310_001, 300, 11],
    [70_000, 60, 10],
  ])("for a wait of %d ms and a life of %d s: come back in %d s", (waitMs, lifeSeconds, seconds) => {
    expect(retryAfter(waitMs, lifeSeconds)).toBe(seconds);
  });

  test("never longer than a minute, as the estimate may be wrong", () => {
    expect(retryAfter(3_600_000)).toBe(60);
    expect(retryAfter(Number.POSITIVE_INFINITY)).toBe(60);
  });

  test.each([
    ["sms-telnyx", "Too many messages are waiting to be sent: try again later."],
    ["call-telnyx", "Too many calls are waiting to be made: try again later."],
  ])("and of %s, whether it is messages or calls; without its name or its length", (queue, message) => {
    const check = () => admission(look(queue, 900_000)).check(queue, 300);
    expect(check).toThrow(expect.objectContaining({ message }));
  });
});
