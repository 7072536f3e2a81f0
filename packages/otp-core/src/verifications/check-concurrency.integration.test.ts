import { afterAll, expect, test } from "vitest";
import { check, read, startedId, startTestCore, wrong } from "../testing/verifications.fixture.ts";

const core = await startTestCore();
const second = await startTestCore({ applicationId: core.application.id });
afterAll(async () => {
  await second.close();
  await core.close();
});

/** 100 checks from two processes' connections at a time. */
const hundred = (run: (node: typeof core, index: number) => ReturnType<typeof check>) =>
  Promise.all(Array.from({ length: 100 }, (_, index) => run(index % 2 === 0 ? core : second, index)));

test("approves at most once under 100 concurrent right checks", async () => {
  const id = await startedId(core);
  const code = await core.codeOf(id);
  const answers = await hundred((node) => check(node, id, code));
  expect(answers.filter(({ valid }) => valid)).toHaveLength(1);
  expect(answers.filter(({ token }) => token !== undefined)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === "approved")).toHaveLength(100);
});

test("evaluates exactly the allowed attempts under 100 concurrent wrong checks", async () => {
  const id = await startedId(core);
  const code = wrong(await core.codeOf(id));
  const answers = await hundred((node) => check(node, id, code));
  const evaluated = answers.filter(({ status }) => status === "pending");
  expect(evaluated.map(({ attemptsRemaining }) => attemptsRemaining).toSorted((one, other) => one - other)).toEqual([
    1, 2,
  ]);
  expect(
    answers.filter(({ status, attemptsRemaining }) => status === "failed" && attemptsRemaining === 0),
  ).toHaveLength(98);
  expect(await read(core, id)).toMatchObject({ status: "failed", attemptsRemaining: 0 });
});

test("finds a code among 100 concurrent guesses only within the allowed attempts", async () => {
  const outcomes = [];
  for (let round = 0; round < 10; round += 1) {
    const id = await startedId(core);
    const code = await core.codeOf(id);
    const answers = await hundred((node, index) => check(node, id, index === 50 ? code : wrong(code)));
    const right = answers.filter(({ valid }) => valid).length;
    expect(right).toBeLessThanOrEqual(1);
    expect(await read(core, id)).toMatchObject({ status: right === 1 ? "approved" : "failed" });
    outcomes.push(answers.filter(({ valid, status }) => !valid && status === "pending").length);
  }
  for (const wrongOnes of outcomes) expect(wrongOnes).toBeLessThanOrEqual(2);
});

test("right and wrong checks at once end in one of the two, and never in both", async () => {
  const id = await startedId(core);
  const code = await core.codeOf(id);
  const answers = await hundred((node, index) => check(node, id, index % 2 === 0 ? code : wrong(code)));
  const ends = new Set(answers.map(({ status }) => status).filter((status) => status !== "pending"));
  expect([...ends]).toEqual([(await read(core, id)).status]);
});
