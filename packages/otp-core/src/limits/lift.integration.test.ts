import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ClusterSetup, startCluster } from "../testing/cluster.fixture.ts";
import { randomNumber, type TestCore, type TestCoreOptions } from "../testing/index.fixture.ts";
import { coreWith, randomArea, refusalOf } from "../testing/limits.fixture.ts";
import { redisServerBinary } from "../testing/redis-server.fixture.ts";
import { check, start, startedId, wrong } from "../testing/verifications.fixture.ts";
import { liftLimit, type LiftTarget, listDecisions } from "./lift.ts";
import type { LimitOverrides } from "./policies.ts";

const hour = { limit: 1, windowSeconds: 3600 };
const clientIp = "203.0.113.9";

const area = randomArea();
const number = `${area}5000`;

const lifts: [policy: string, limits: LimitOverrides, target: LiftTarget][] = [
  ["number-15m", { "number-15m": hour }, { number }],
  ["number-24h", { "number-24h": hour }, { policy: "number-24h", number }],
  ["address", { address: hour }, { policy: "address", clientIp: "::ffff:203.0.113.9" }],
  ["prefix", { prefix: hour }, { policy: "prefix", number: `${area}9999` }],
  ["country-1h", { "country-1h": hour }, { policy: "country-1h", country: "US" }],
  ["application-24h", { "application-24h": hour }, { policy: "application-24h" }],
];

/** Uses a limit up, lifts it, and uses it up again. */
async function expectLifted(core: TestCore, policy: string, target: LiftTarget): Promise<void> {
  await start(core, number, { clientIp });
  expect((await refusalOf(start(core, number, { clientIp }))).details.policy?.name).toBe(policy);
  expect(await liftLimit(core, core.application, target)).toBeGreaterThan(0);
  await start(core, number, { clientIp });
  await refusalOf(start(core, number, { clientIp }));
}

async function expectSweepLifted(core: TestCore): Promise<void> {
  await start(core, `${area}5000`);
  await refusalOf(start(core, `${area}5001`));
  expect(await liftLimit(core, core.application, { policy: "sweep", number: `${area}0000` })).toBeGreaterThan(0);
  await start(core, `${area}5001`);
}

const sweep = { sweep: { limit: 1, windowSeconds: 600 } };
const budget = { budget: { perDay: 1, prices: { "*": { sms: 1, call: 1 } } } };

test.each(lifts)(
  "%s is lifted, and only that is: the next request passes, and the one after is refused",
  async (policy, limits, target) => expectLifted(await coreWith(limits), policy, target),
);

test("a sweep is lifted for its prefix, and the budget for its day", async () => {
  await expectSweepLifted(await coreWith(sweep));
  await expectLifted(await coreWith({}, budget), "budget", { policy: "budget" });
});

test.each([
  ["address", { policy: "address", clientIp }],
  ["prefix", { policy: "prefix", number }],
] as const)("%s is lifted for what was counted at the beginning of its window too", async (policy, target) => {
  const core = await coreWith({ [policy]: hour });
  await start(core, number, { clientIp });
  await core.ageLimits(3500);
  await refusalOf(start(core, number, { clientIp }));
  expect(await liftLimit(core, core.application, target)).toBe(1);
  await start(core, number, { clientIp });
});

describe.skipIf(!redisServerBinary)("on a cluster", () => {
  let cluster: ClusterSetup;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.close());
  const having = (limits: LimitOverrides, settings?: TestCoreOptions["settings"]) =>
    coreWith(limits, settings, { redisUrl: cluster.url });

  test.each(lifts)("%s is lifted", async (policy, limits, target) =>
    expectLifted(await having(limits), policy, target),
  );

  test("a sweep is lifted, and the budget", async () => {
    await expectSweepLifted(await having(sweep));
    await expectLifted(await having({}, budget), "budget", { policy: "budget" });
  });
});

test("the owner of a locked number gets in again once it is unlocked", async () => {
  const core = await coreWith({}, { maxAttempts: 10 });
  const to = randomNumber();
  const id = await startedId(core, to);
  for (let i = 0; i < 10; i += 1) await check(core, id, wrong(await core.codeOf(id)));
  expect(await refusalOf(start(core, to))).toMatchObject({ code: "number_locked" });
  expect(await liftLimit(core, core.application, { number: randomNumber() })).toBe(0);
  expect(await liftLimit(core, core.application, { number: to })).toBeGreaterThan(0);
  const next = await startedId(core, to);
  expect(await check(core, next, await core.codeOf(next))).toMatchObject({ valid: true });
});

test("a number's requests are lifted without its wrong codes, and these without its requests", async () => {
  const core = await coreWith({ "number-15m": { limit: 2, windowSeconds: 900 } }, { maxAttempts: 10 });
  const to = randomNumber();
  const id = await startedId(core, to);
  for (let i = 0; i < 10; i += 1) await check(core, id, wrong(await core.codeOf(id)));
  const lift = (policy: string) => liftLimit(core, core.application, { policy, number: to });
  expect(await lift("number-15m")).toBe(1);
  expect(await refusalOf(start(core, to))).toMatchObject({ code: "number_locked" });
  expect(await lift("number-voice-1h")).toBe(0);
  expect(await lift("number-lock")).toBe(1);
  await start(core, to);
  await start(core, to);
  expect(await lift("number-lock")).toBe(0);
  expect((await refusalOf(start(core, to))).details.policy?.name).toBe("number-15m");
  const lifted = (await listDecisions(core, core.application.id, 20)).filter(({ mode }) => mode === "lifted");
  expect(lifted.map(({ policy }) => policy)).toEqual(["number-lock", "number-15m"]);
  expect(new Set(lifted.map((each) => each.to))).toEqual(new Set([`${to.slice(0, 5)}•••`]));
});

test("a prefix's count is lifted without a suspension of it", async () => {
  const core = await coreWith(sweep);
  await start(core, `${area}6000`);
  await refusalOf(start(core, `${area}6001`));
  await liftLimit(core, core.application, { policy: "prefix", number: `${area}6000` });
  expect((await refusalOf(start(core, `${area}6001`))).details.policy?.name).toBe("sweep");
});

test.each([
  ["budget", { country: "US" }],
  ["application-1h", { number }],
  ["number-15m", { number, country: "US" }],
  ["country-1h", { country: "US", clientIp }],
  ["address", { clientIp, number }],
])("what %s is not lifted for is an error, before anything is undone: %o", async (policy, target) => {
  const core = await coreWith({});
  await expect(liftLimit(core, core.application, { policy, ...target })).rejects.toThrow(/leave --.* out/);
  expect(await listDecisions(core, core.application.id, 10)).toEqual([]);
});

test("what has to be said and is not is an error, before anything is undone", async () => {
  const core = await coreWith({});
  for (const policy of ["number-lock", "address", "prefix", "country-1h", "breaker-country"]) {
    await expect(liftLimit(core, core.application, { policy })).rejects.toThrow(/say which/);
  }
});

test("what was lifted, if anything was, is kept for 30 days like all that was decided", async () => {
  const core = await coreWith({ "application-1h": hour });
  await liftLimit(core, core.application, { policy: "application-1h" });
  expect(await listDecisions(core, core.application.id, 10)).toEqual([]);
  await start(core, number);
  await liftLimit(core, core.application, { policy: "application-1h" });
  const days = (await core.redis.ttl(`ww:{app:${core.application.id}}:decisions`)) / 86_400;
  expect(Math.round(days)).toBe(30);
});

test("decisions are listed newest first, each kind once a minute, with the beginning of a number and no more", async () => {
  const core = await coreWith({ "country-1h": hour, "number-24h": { limit: 1, windowSeconds: 86_400 } });
  await start(core, number);
  for (let i = 0; i < 5; i += 1) await refusalOf(start(core, number));
  await liftLimit(core, core.application, { policy: "country-1h", country: "US" });
  await refusalOf(start(core, number));
  const decisions = await listDecisions(core, core.application.id, 10);
  expect(decisions.map(({ policy, country, to, mode }) => [policy, country, to, mode])).toEqual([
    ["number-24h", "US", "+1415•••", "enforce"],
    ["country-1h", "US", "", "lifted"],
    ["country-1h", "US", "+1415•••", "enforce"],
  ]);
  for (const { at } of decisions) expect(Math.abs(at.getTime() - Date.now())).toBeLessThan(60_000);
});
