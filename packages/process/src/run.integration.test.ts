import { describe, expect, test } from "vitest";
import { runProgram } from "./testing/run-program.fixture.ts";

const FATAL = 60;

describe("a process that is told to stop", () => {
  test.each(["SIGTERM", "SIGINT"] as const)("by %s lets go of everything first and ends with 0", async (signal) => {
    const program = runProgram("serves");
    await program.logged("serving");
    program.kill(signal);
    expect(await program.ended, program.errors()).toBe(0);
    expect(program.said()).toEqual(["released"]);
    expect(program.log().slice(-2)).toMatchObject([
      { msg: "stopping", signal, service: "simulator" },
      { msg: "stopped", service: "simulator" },
    ]);
  });

  test.each([
    ["only logs", 0],
    ["cannot stop", 1],
  ])("ends though nobody reads its log any more: one that %s with %d", async (behaviour, code) => {
    const program = runProgram(behaviour);
    await program.logged("serving");
    program.hangUp();
    program.kill("SIGTERM");
    expect(await program.ended).toBe(code);
  });

  test("while it starts, starts first and then lets go", async () => {
    const program = runProgram("is told to stop while it starts");
    expect(await program.ended, program.errors()).toBe(0);
    expect(program.said()).toEqual(["started", "released"]);
  });

  test("a second time ends at once with 1", async () => {
    const program = runProgram("never stops");
    await program.logged("serving");
    program.kill("SIGTERM");
    await program.logged("stopping");
    program.kill("SIGTERM");
    expect(await program.ended).toBe(1);
  });

  test("and cannot, ends with 1 and says why", async () => {
    const program = runProgram("cannot stop");
    await program.logged("serving");
    program.kill("SIGTERM");
    expect(await program.ended).toBe(1);
    expect(program.log().at(-1)).toMatchObject({
      level: FATAL,
      msg: "could not stop cleanly",
      err: { message: "the queue does not close" },
    });
  });
});

describe("a process ends with 1, its last line written,", () => {
  test.each([
    ["throws later", "ended by an error that nobody caught", "nobody catches this"],
    ["rejects later", "ended by a rejection that nobody caught", "nobody awaits this"],
    ["cannot start", "could not start", "no port is free"],
  ])("when it %s", async (behaviour, msg, message) => {
    const program = runProgram(behaviour);
    expect(await program.ended).toBe(1);
    const last = program.log().at(-1);
    expect(last).toMatchObject({ level: FATAL, service: "simulator", msg, err: { message } });
    expect(last?.err?.stack).toContain("program.fixture.ts");
  });

  test("and what was logged just before is not lost", async () => {
    const program = runProgram("throws later");
    await program.ended;
    expect(program.log().map(({ msg }) => msg)).toEqual([
      "a line from just before",
      "ended by an error that nobody caught",
    ]);
  });
});

describe("a process with a bad configuration", () => {
  test("ends with 1 before it starts, and tells every problem by name and without a value", async () => {
    const program = runProgram("serves", {
      SIMULATOR_PORT: "hunter2",
      LOG_LEVEL: "hunter2",
      SIMULATOR_LATENCY_MS: "x",
    });
    expect(await program.ended).toBe(1);
    expect(program.errors()).toContain("The configuration is not usable:");
    for (const name of ["SIMULATOR_PORT", "LOG_LEVEL", "SIMULATOR_LATENCY_MS"])
      expect(program.errors()).toContain(name);
    expect(program.errors()).not.toContain("hunter2");
    expect(program.errors()).not.toContain("at ");
    expect(program.log()).toEqual([]);
    expect(program.said()).toEqual([]);
  });
});
