import { expect, test } from "vitest";
import { Turnstile } from "./turnstile.ts";

test("no more than its places are taken at once, and those who wait enter in the order they came", async () => {
  const turnstile = new Turnstile(2);
  const entered: number[] = [];
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 10 }, async (_, visitor) => {
      await turnstile.enter();
      entered.push(visitor);
      inside += 1;
      most = Math.max(most, inside);
      await Promise.resolve();
      inside -= 1;
      turnstile.leave();
    }),
  );
  expect(most).toBe(2);
  expect(entered).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await Promise.all([turnstile.enter(), turnstile.enter()]);
});
