import { readFileSync, writeFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { homeIn } from "./home.ts";
import { freePort } from "./ports.ts";
import { type Claim, claim, type StackState } from "./state.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const ports = { api: 3000, dashboard: 3001, simulator: 3002 };
const stateFile = () => homeIn(temporaryFolder()).stateFile;

function claimed(result: Claim) {
  if (result.kind !== "claimed") throw new Error("another stack is running");
  onTestFinished(result.release);
  return result;
}

const read = (file: string) => JSON.parse(readFileSync(file, "utf8")) as StackState;

test("a second stack learns which one is running", async () => {
  const file = stateFile();
  claimed(await claim(file, ports));
  expect(await claim(file, { ...ports, api: 4000 })).toMatchObject({
    kind: "running",
    state: { pid: process.pid, ports },
  });
  expect(read(file).ports).toEqual(ports);
});

test("at most one of many stacks that start together gets the claim", async () => {
  const file = stateFile();
  const results = await Promise.all(Array.from({ length: 20 }, () => claim(file, ports)));
  const [winner, ...others] = results.filter(({ kind }) => kind === "claimed");
  expect(others).toEqual([]);
  claimed(winner as Claim);
});

test("at most one of many stacks gets the claim of a killed one", async () => {
  const file = stateFile();
  const killed = claimed(await claim(file, ports));
  killed.release();
  writeFileSync(file, JSON.stringify(killed.state));
  const results = await Promise.all(Array.from({ length: 20 }, () => claim(file, ports)));
  expect(results.filter(({ kind }) => kind === "claimed")).toHaveLength(1);
  for (const result of results) if (result.kind === "claimed") result.release();
});

test("a stack that has released its claim is not in the way", async () => {
  const file = stateFile();
  claimed(await claim(file, ports)).release();
  expect(claimed(await claim(file, ports)).earlier).toBeUndefined();
});

test("the state of a killed stack is stale although its process id lives on in another program", async () => {
  const file = stateFile();
  const first = claimed(await claim(file, ports));
  first.release();
  const killed = { ...first.state, pid: process.pid, presence: { port: await freePort(), token: "t" } };
  writeFileSync(file, JSON.stringify(killed));
  expect(claimed(await claim(file, ports)).earlier).toEqual(killed);
});

test("another program on the port of a killed stack is not taken for it", async () => {
  const other = claimed(await claim(stateFile(), ports));
  const file = stateFile();
  const first = claimed(await claim(file, ports));
  first.release();
  writeFileSync(file, JSON.stringify({ ...first.state, presence: { ...other.state.presence, token: "another" } }));
  expect((await claim(file, ports)).kind).toBe("claimed");
});

test("a state file that cannot be read is replaced", async () => {
  const file = stateFile();
  claimed(await claim(file, ports)).release();
  for (const text of ["", "{", "null", "[]", "{}"]) {
    writeFileSync(file, text);
    const { release } = claimed(await claim(file, ports));
    expect(read(file).pid).toBe(process.pid);
    release();
  }
});

test("an update is seen by the next stack", async () => {
  const file = stateFile();
  const { state, update } = claimed(await claim(file, ports));
  update({ ...state, redisUrl: "redis://127.0.0.1:7000" });
  expect(read(file)).toMatchObject({ pid: process.pid, redisUrl: "redis://127.0.0.1:7000" });
});
