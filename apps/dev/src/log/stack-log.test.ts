import { expect, test } from "vitest";
import { createStackLog } from "./stack-log.ts";

function collect(color: boolean) {
  const written: string[] = [];
  return { log: createStackLog({ write: (text) => written.push(text), color }), written };
}

test("every line of every process starts with a name of the same width", () => {
  const { log, written } = collect(false);
  log.line("api", "one");
  log.line("simulator", "two");
  log.say("three\nfour");
  expect(written.join("")).toBe("api       | one\nsimulator | two\nstack     | three\nstack     | four\n");
});

test("the stack of an error is prefixed line by line", () => {
  const { log, written } = collect(false);
  log.line("worker", JSON.stringify({ level: 50, time: 0, msg: "m", err: { stack: "Error\n at x" } }));
  const lines = written.join("").trimEnd().split("\n");
  expect(lines.length).toBeGreaterThan(1);
  for (const text of lines) expect(text).toMatch(/^worker    \|/);
});

test("each process has a colour of its own, and only where colours are wanted", () => {
  const { log, written } = collect(true);
  log.line("api", "one");
  log.line("worker", "two");
  const [api, worker] = written.map((text) => text.slice(0, text.indexOf("m") + 1));
  expect(api).toBe("\u001B[36m");
  expect(worker).not.toBe(api);
});
