import { randomInt } from "node:crypto";
import { afterAll } from "vitest";
import type { WatchwordError } from "../errors.ts";
import { policies, type LimitOverrides, type PolicyName } from "../limits/policies.ts";
import type { TestCore, TestCoreOptions } from "./core.fixture.ts";
import { startTestCore } from "./verifications.fixture.ts";

/** Overrides that turn every policy off but those named, which may have limits of their own. */
function only(limits: LimitOverrides): LimitOverrides {
  const off = Object.fromEntries(
    (Object.keys(policies) as PolicyName[]).filter((name) => name !== "number-lock").map((name) => [name, false]),
  );
  return { ...off, ...limits };
}

const cores: TestCore[] = [];
afterAll(() => Promise.all(cores.map((core) => core.close())));

/** A core of an application that no other test has, with its limits enforced; it closes when the file's tests are over. */
export async function guardedCore({ settings, ...options }: TestCoreOptions = {}): Promise<TestCore> {
  const core = await startTestCore({ ...options, settings: { guard: "enforce", ...settings } });
  cores.push(core);
  return core;
}

/** The same with nothing but these limits, and no gap. */
export const coreWith = (
  limits: LimitOverrides,
  settings: TestCoreOptions["settings"] = {},
  options: Omit<TestCoreOptions, "settings"> = {},
): Promise<TestCore> =>
  guardedCore({ ...options, settings: { limits: only(limits), resendGapSeconds: 0, ...settings } });

/** A number of the United States less its last four digits. */
export const randomArea = (): string => `+1415${randomInt(200, 1000)}`;

/** `count` numbers of the United States, far from each other and each in an area of its own. */
export const spreadNumbers = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `+1415${200 + index}${1000 + ((index * 37) % 9000)}`);

/** The error of what has to be refused. */
export const refusalOf = (action: Promise<unknown>): Promise<WatchwordError> =>
  action.then(
    () => Promise.reject(new Error("it was not refused")),
    (error: WatchwordError) => error,
  );

/** What no limit is against. */
export async function expectToPass(action: Promise<unknown>): Promise<void> {
  await action;
}

/** How many of the actions passed, and the errors of the others. */
export async function outcomes(actions: Promise<unknown>[]): Promise<{ passed: number; refusals: WatchwordError[] }> {
  const settled = await Promise.allSettled(actions);
  const refusals = settled.flatMap((each) => (each.status === "rejected" ? [each.reason as WatchwordError] : []));
  return { passed: settled.length - refusals.length, refusals };
}
