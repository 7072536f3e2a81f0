import { expect, test } from "vitest";
import { createStopRequest } from "./stop-request.ts";

function withClock() {
  let now = 1_000;
  const done: string[] = [];
  const stop = createStopRequest(() => now);
  stop.onKill(() => done.push("exit"));
  stop.onKill(() => done.push("kill apps"));
  return { stop, done, later: (milliseconds: number) => (now += milliseconds) };
}

test("the first signal asks for a stop and kills nothing", async () => {
  const { stop, done } = withClock();
  stop.signal("SIGINT");
  expect(await stop.requested).toBe("SIGINT");
  expect(done).toEqual([]);
});

test("a Ctrl-C that npm passes on is not a second one", () => {
  const { stop, done, later } = withClock();
  stop.signal("SIGINT");
  later(20);
  stop.signal("SIGINT");
  expect(done).toEqual([]);
});

test("a second Ctrl-C kills at once, apps before the process itself", () => {
  const { stop, done, later } = withClock();
  stop.signal("SIGINT");
  later(1_500);
  stop.signal("SIGINT");
  expect(done).toEqual(["kill apps", "exit"]);
});

test("output that closes while it stops does not kill", async () => {
  const { stop, done, later } = withClock();
  stop.signal("SIGTERM");
  later(1_500);
  stop.ask("The output was closed");
  expect(await stop.requested).toBe("SIGTERM");
  expect(done).toEqual([]);
});
