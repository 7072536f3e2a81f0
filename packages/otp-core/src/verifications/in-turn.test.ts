import { expect, test } from "vitest";
import { RedisAwayError } from "../store/redis.ts";
import { inTurn } from "./in-turn.ts";

test("what has the same tag is done one after another, in order, and what has another is not held up", async () => {
  const done: string[] = [];
  const held = Promise.withResolvers<void>();
  const first = inTurn("a", async () => {
    await held.promise;
    done.push("first");
  });
  const second = inTurn("a", async () => void done.push("second"));
  await inTurn("b", async () => void done.push("other"));
  expect(done).toEqual(["other"]);
  held.resolve();
  await Promise.all([first, second]);
  expect(done).toEqual(["other", "first", "second"]);
});

test("a failure is its own: the next one has its turn", async () => {
  const failed = inTurn("a", () => Promise.reject(new Error("no")));
  const next = inTurn("a", async () => "done");
  await expect(failed).rejects.toThrow("no");
  expect(await next).toBe("done");
});

test("where Redis is away for one, those that wait are told so and do not find out for themselves", async () => {
  const silent = Promise.withResolvers<never>();
  const first = inTurn("a", () => silent.promise);
  let asked = 0;
  const waiting = [1, 2, 3].map(() => inTurn("a", async () => (asked += 1)));
  silent.reject(new RedisAwayError());
  const ends = await Promise.allSettled([first, ...waiting]);
  expect(ends.map((end) => end.status === "rejected" && end.reason instanceof RedisAwayError)).not.toContain(false);
  expect(asked).toBe(0);
  expect(await inTurn("a", async () => "done")).toBe("done");
});

test("where too many wait the next one is refused, and is taken again once there is room", async () => {
  const held = Promise.withResolvers<void>();
  const waiting = Array.from({ length: 1000 }, () => inTurn("a", () => held.promise));
  await expect(inTurn("a", async () => "done")).rejects.toMatchObject({ code: "unavailable" });
  held.resolve();
  await Promise.all(waiting);
  expect(await inTurn("a", async () => "done")).toBe("done");
});
