import { afterAll, expect, test } from "vitest";
import { randomNumber } from "../testing/index.fixture.ts";
import { coreWith, randomArea, refusalOf } from "../testing/limits.fixture.ts";
import { check, start, startedId, wrong } from "../testing/verifications.fixture.ts";
import { liftLimit, type LiftTarget, listDecisions } from "./lift.ts";
import type { LimitOverrides } from "./policies.ts";

const cores: { close(): Promise<void> }[] = [];
afterAll(() => Promise.all(cores.map((core) => core.close())));

const hour = { limit: 1, windowSeconds: 3600 };
const clientIp = "203.0.113.9";

const area = randomArea();
const number = `${area}5000`;

const lifts: [policy: string, limits: LimitOverrides, target: LiftTarget][] = [
  ["number-15m", { "number-15m": hour }, { number }],
  ["address", { address: hour }, { policy: "address", clientIp: "::ffff:203.0.113.9" }],
  ["prefix", { prefix: hour }, { policy: "prefix", number: `${area}9999` }],
  ["country-1h", { "country-1h": hour }, { policy: "country-1h", country: "US" }],
  ["application-24h", { "application-24h": hour }, { policy: "application-24h" }],
];

test.each(lifts)(
  "%s is lifted, and only that is: the next request passes, and the one after is refused",
  async (policy, limits, target) => {
    const core = await coreWith(limits);
    cores.push(core);
    await start(core, number, { clientIp });
    expect((await refusalOf(start(core, number, { clientIp }))).details.policy?.name).toBe(policy);
    expect(await liftLimit(core, core.application.id, target)).toBeGreaterThan(0);
    await start(core, number, { clientIp });
    await refusalOf(start(core, number, { clientIp }));
  },
);

test("a sweep is lifted for its prefix, and the budget for its day", async () => {
  const core = await coreWith({ sweep: { limit: 1, windowSeconds: 600 } });
  cores.push(core);
  await start(core, `${area}5000`);
  await refusalOf(start(core, `${area}5001`));
  expect(await liftLimit(core, core.application.id, { policy: "sweep", number: `${area}0000` })).toBeGreaterThan(0);
  await start(core, `${area}5001`);
  const prices = { "*": { sms: 1, call: 1 } };
  const poor = await coreWith({}, { budget: { perDay: 1, prices } });
  cores.push(poor);
  await start(poor);
  await refusalOf(start(poor));
  expect(await liftLimit(poor, poor.application.id, { policy: "budget" })).toBe(1);
  await start(poor);
});

test("the owner of a locked number gets in again once it is unlocked", async () => {
  const core = await coreWith({}, { maxAttempts: 10 });
  cores.push(core);
  const to = randomNumber();
  const id = await startedId(core, to);
  for (let i = 0; i < 10; i += 1) await check(core, id, wrong(await core.codeOf(id)));
  expect(await refusalOf(start(core, to))).toMatchObject({ code: "number_locked" });
  expect(await liftLimit(core, core.application.id, { number: randomNumber() })).toBe(0);
  expect(await liftLimit(core, core.application.id, { number: to })).toBeGreaterThan(0);
  const next = await startedId(core, to);
  expect(await check(core, next, await core.codeOf(next))).toMatchObject({ valid: true });
});

test("what has to be said and is not is an error, before anything is undone", async () => {
  const core = await coreWith({});
  cores.push(core);
  for (const policy of ["number-lock", "address", "prefix", "country-1h", "breaker-country"]) {
    await expect(liftLimit(core, core.application.id, { policy })).rejects.toThrow(/say which/);
  }
});

test("decisions are listed newest first, each kind once a minute, with the beginning of a number and no more", async () => {
  const core = await coreWith({ "country-1h": hour, "number-24h": { limit: 1, windowSeconds: 86_400 } });
  cores.push(core);
  await start(core, number);
  for (let i = 0; i < 5; i += 1) await refusalOf(start(core, number));
  await liftLimit(core, core.application.id, { policy: "country-1h", country: "US" });
  await refusalOf(start(core, number));
  const decisions = await listDecisions(core, core.application.id, 10);
  expect(decisions.map(({ policy, country, to, mode }) => [policy, country, to, mode])).toEqual([
    ["number-24h", "US", "+1415•••", "enforce"],
    ["country-1h", "US", "", "lifted"],
    ["country-1h", "US", "+1415•••", "enforce"],
  ]);
  for (const { at } of decisions) expect(Math.abs(at.getTime() - Date.now())).toBeLessThan(60_000);
});
