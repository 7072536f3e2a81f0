import { AsyncLocalStorage } from "node:async_hooks";
import { expect, test } from "vitest";
import { endOfTurn } from "./end-of-turn.ts";

test("whoever waits in one turn goes on in the same later one, in the order in which they came", async () => {
  const went: string[] = [];
  const wait = async (name: string) => {
    await endOfTurn();
    went.push(name);
  };
  const waiting = [wait("first"), wait("second")];
  await Promise.resolve();
  waiting.push(wait("third"));
  expect(went).toEqual([]);
  await waiting[0];
  expect(went).toEqual(["first", "second", "third"]);
  await Promise.all(waiting);
});

test("what comes after a turn's end waits for the next one", async () => {
  let ended = 0;
  const count = () => void (ended += 1);
  await endOfTurn();
  const next = endOfTurn().then(count);
  await Promise.resolve();
  expect(ended).toBe(0);
  await next;
  expect(ended).toBe(1);
});

test("each goes on in its own context, not in that of whoever asked first", async () => {
  const context = new AsyncLocalStorage<string>();
  const contextAfter = async () => {
    await endOfTurn();
    return context.getStore();
  };
  const waiting = ["one trace", "another"].map((name) => context.run(name, contextAfter));
  expect(await Promise.all(waiting)).toEqual(["one trace", "another"]);
});
