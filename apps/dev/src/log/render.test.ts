import { expect, test } from "vitest";
import { createRenderer } from "./render.ts";

const render = createRenderer({ color: false });
const time = new Date(2026, 10, 20, 12, 0, 1).getTime();
const line = (log: object) => JSON.stringify({ level: 30, time, pid: 1, hostname: "h", ...log });

test("a log line becomes time, level, message and its fields", () => {
  expect(render(line({ msg: "delivery sent", delivery: "dl_1", attempts: 2 }))).toEqual([
    "12:00:01 INFO  delivery sent  delivery=dl_1 attempts=2",
  ]);
});

test("a value with spaces or structure cannot look like another field", () => {
  expect(render(line({ msg: "m", reason: "no level=60", res: { statusCode: 200 } }))).toEqual([
    '12:00:01 INFO  m  reason="no level=60" res={"statusCode":200}',
  ]);
});

test("an error keeps its stack, below its line", () => {
  const lines = render(
    line({ level: 50, msg: "boom", err: { type: "Error", message: "bad", stack: "Error: bad\n at x" } }),
  );
  expect(lines[0]).toBe("12:00:01 ERROR boom");
  expect(lines.join("\n")).toContain("at x");
});

test("a message cannot move the cursor of who reads the log", () => {
  expect(render(line({ msg: "\u001B[2Jgone\nINFO forged" }))).toEqual(["12:00:01 INFO   [2Jgone INFO forged"]);
});

test.each(["plain text", "", "{not json", "[1]", '{"level":"info"}', "null", '{"time":1}'])(
  "anything but a log line stays as it is: %s",
  (text) => {
    expect(render(text)).toEqual([text]);
  },
);
