import { afterAll, expect, test } from "vitest";
import { createTestCore } from "../testing/index.fixture.ts";
import { durabilityProblems } from "./redis.ts";

const core = await createTestCore();
afterAll(() => core.close());

const setting = async (name: string) => {
  const [, value] = await core.redis.config("GET", name);
  return value;
};

test("exactly those settings of the server are named that may lose what was accepted", async () => {
  const problems = await durabilityProblems(core.redis);
  const dropping = problems.filter(({ losesData }) => losesData);
  expect(dropping).toHaveLength((await setting("maxmemory-policy")) === "noeviction" ? 0 : 1);
  expect(problems.length - dropping.length).toBe((await setting("appendonly")) === "yes" ? 0 : 1);
});
