import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { homeIn } from "../home.ts";
import { claim } from "../state.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { operatorEnvironment } from "./environment.ts";

const stackUrl = "redis://127.0.0.1:7000";

/** A home whose stack runs. */
async function runningHome() {
  const home = homeIn(temporaryFolder());
  const claimed = await claim(home.stateFile, { api: 3000, dashboard: 3001, simulator: 3002 });
  if (claimed.kind !== "claimed") throw new Error("another stack is running");
  onTestFinished(claimed.release);
  claimed.update({ ...claimed.state, redisUrl: stackUrl });
  return { home, ...claimed };
}

test("a command finds the Redis of the local stack that runs, an empty REDIS_URL counting as none", async () => {
  const { home } = await runningHome();
  expect(await operatorEnvironment(home, { REDIS_URL: " ", A: "1" })).toEqual({ A: "1", REDIS_URL: stackUrl });
});

test("a REDIS_URL of the environment or else of .env goes before the stack's", async () => {
  const { home } = await runningHome();
  writeFileSync(home.envFile, "REDIS_URL=redis://file:1\nBRAND=Acme\n");
  expect(await operatorEnvironment(home, {})).toEqual({ REDIS_URL: "redis://file:1", BRAND: "Acme" });
  expect(await operatorEnvironment(home, { REDIS_URL: "redis://shell:1" })).toMatchObject({
    REDIS_URL: "redis://shell:1",
  });
});

test("production never gets the Redis of the local stack", async () => {
  const { home } = await runningHome();
  expect(await operatorEnvironment(home, { WATCHWORD_ENV: "production" })).toEqual({ WATCHWORD_ENV: "production" });
});

test("without a stack, or with the state of a killed one, nothing but the configuration counts", async () => {
  const { home, state, release } = await runningHome();
  release();
  expect(await operatorEnvironment(home, { A: "1" })).toEqual({ A: "1" });
  mkdirSync(dirname(home.stateFile), { recursive: true });
  const presence = { ...state.presence, token: "of-a-killed-one" };
  writeFileSync(home.stateFile, JSON.stringify({ ...state, redisUrl: stackUrl, presence }));
  expect(await operatorEnvironment(home, { A: "1" })).toEqual({ A: "1" });
});

test("the state, which may hold the password of a container's Redis, is for its owner alone", async () => {
  const { home } = await runningHome();
  expect(statSync(home.stateFile).mode & 0o077).toBe(0);
});
