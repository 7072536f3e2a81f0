import { describe, expect, test } from "vitest";
import { randomNumber } from "../testing/index.fixture.ts";
import { coreWith, expectToPass, guardedCore, outcomes, randomArea, refusalOf } from "../testing/limits.fixture.ts";
import { start, startedId } from "../testing/verifications.fixture.ts";
import { resendVerification } from "../verifications/resend.ts";

const hour = (limit: number) => ({ limit, windowSeconds: 3600 });
const refused = (name: string, limit: number) => ({
  code: "too_many_requests",
  details: { policy: { name, limit, windowSeconds: 3600 } },
});

describe.each(["address", "prefix", "country-1h", "application-1h"] as const)("%s", (name) => {
  const clientIp = "203.0.113.9";

  test("under 100 concurrent starts exactly as many pass as the limit says, and Retry-After is exact", async () => {
    const core = await coreWith({ [name]: hour(7) });
    const area = randomArea();
    const numbers = Array.from({ length: 100 }, (_, index) => `${area}${1000 + index * 90}`);
    const { passed, refusals } = await outcomes(numbers.map((to) => start(core, to, { clientIp })));
    expect(passed).toBe(7);
    for (const refusal of refusals) expect(refusal).toMatchObject(refused(name, 7));
    await core.ageLimits(3590);
    const last = await refusalOf(start(core, `${area}0001`, { clientIp }));
    expect(last.details.retryAfterSeconds).toBeLessThanOrEqual(10);
    expect(last.details.retryAfterSeconds).toBeGreaterThanOrEqual(5);
    await core.ageLimits(last.details.retryAfterSeconds ?? 0);
    await start(core, `${area}0001`, { clientIp });
  });

  test("another application is not affected", async () => {
    const core = await coreWith({ [name]: hour(1) });
    const to = randomNumber();
    await start(core, to, { clientIp });
    expect(await refusalOf(start(core, to, { clientIp }))).toMatchObject(refused(name, 1));
    const other = await coreWith({ [name]: hour(1) });
    await start(other, to, { clientIp });
  });

  test("its being refused counts nothing anywhere else", async () => {
    const core = await coreWith({ [name]: hour(1), "application-24h": hour(3) });
    const area = randomArea();
    await start(core, `${area}1000`, { clientIp });
    for (let i = 0; i < 10; i += 1) {
      expect((await refusalOf(start(core, `${area}2000`, { clientIp }))).details.policy?.name).toBe(name);
    }
    expect(await core.redis.get(`ww:{app:${core.application.id}}:w:application-24h`)).toBe("1");
  });
});

test("a number that is asked for again and again takes nothing of its neighbours' limits, and is told of its own", async () => {
  const core = await coreWith({ "number-15m": { limit: 2, windowSeconds: 900 }, prefix: hour(4) });
  const area = randomArea();
  const often = Array.from({ length: 100 }, () => start(core, `${area}1000`));
  const neighbour = start(core, `${area}5000`);
  const { passed, refusals } = await outcomes(often);
  expect(passed).toBe(2);
  expect([...new Set(refusals.map(({ details }) => details.policy?.name))]).toEqual(["number-15m"]);
  await expectToPass(neighbour);
  await expectToPass(start(core, `${area}6000`));
  expect(await refusalOf(start(core, `${area}7000`))).toMatchObject(refused("prefix", 4));
});

describe("an address", () => {
  test("is the /64 of IPv6, and one with its IPv4 form", async () => {
    const core = await coreWith({ address: hour(2) });
    for (const clientIp of ["2001:db8:1:2::1", "2001:db8:1:2:ffff::2"]) await start(core, randomNumber(), { clientIp });
    expect(await refusalOf(start(core, randomNumber(), { clientIp: "2001:DB8:1:2:3::" }))).toMatchObject(
      refused("address", 2),
    );
    await start(core, randomNumber(), { clientIp: "2001:db8:1:3::1" });
    for (const clientIp of ["203.0.113.9", "::ffff:203.0.113.9"]) await start(core, randomNumber(), { clientIp });
    expect(await refusalOf(start(core, randomNumber(), { clientIp: "::ffff:cb00:7109" }))).toMatchObject(
      refused("address", 2),
    );
  });

  test("is limited whatever the guard's mode", async () => {
    for (const guard of ["report", "off"] as const) {
      const core = await coreWith({ address: hour(1) }, { guard });
      await start(core, randomNumber(), { clientIp: "203.0.113.9" });
      expect(await refusalOf(start(core, randomNumber(), { clientIp: "203.0.113.9" }))).toMatchObject(
        refused("address", 1),
      );
    }
  });

  test("changed with every request lifts no limit of a number", async () => {
    const core = await coreWith({ "number-15m": { limit: 5, windowSeconds: 900 }, address: hour(1) });
    const to = randomNumber();
    const { passed } = await outcomes(
      Array.from({ length: 20 }, (_, index) => start(core, to, { clientIp: `203.0.113.${index}` })),
    );
    expect(passed).toBe(5);
  });
});

describe("what is sent is what is counted", () => {
  test("a request that a number's own limit refuses, or that sends nothing within the gap, uses up nobody else's", async () => {
    const own = { "number-15m": { limit: 2, windowSeconds: 900 } };
    const core = await coreWith({ ...own, prefix: hour(2), "application-1h": hour(2) }, { resendGapSeconds: 30 });
    const area = randomArea();
    for (let i = 0; i < 20; i += 1) await start(core, `${area}1000`).catch(() => undefined);
    await start(core, `${area}3000`);
    expect(await refusalOf(start(core, `${area}5000`))).toMatchObject({ details: { policy: { limit: 2 } } });
  });

  test("a resend counts like a start, and against the same limits", async () => {
    const core = await coreWith({ prefix: hour(2) });
    const id = await startedId(core);
    await resendVerification(core, core.application, id, "sms");
    expect(await refusalOf(resendVerification(core, core.application, id, "sms"))).toMatchObject(refused("prefix", 2));
  });

  test("calls have caps of their own in a country, beside those that they share", async () => {
    const call = { channel: "call", carrier: "telnyx", patienceSeconds: 30 } as const;
    const sms = { ...call, channel: "sms" } as const;
    const core = await coreWith({ "country-voice-1h": hour(1), "country-1h": hour(3) }, { workflow: [sms, call] });
    await start(core, randomNumber(), { channel: "call" });
    expect(await refusalOf(start(core, randomNumber(), { channel: "call" }))).toMatchObject(
      refused("country-voice-1h", 1),
    );
    await start(core);
    await start(core);
    expect(await refusalOf(start(core))).toMatchObject(refused("country-1h", 3));
  });

  test("calls to a number are fewer than its messages", async () => {
    const call = { channel: "call", carrier: "telnyx", patienceSeconds: 30 } as const;
    const core = await coreWith(
      { "number-voice-1h": hour(2), "number-15m": { limit: 5, windowSeconds: 900 } },
      { workflow: [{ ...call, channel: "sms" }, call] },
    );
    const to = randomNumber();
    const id = (await start(core, to, { channel: "call" })).verification.id;
    await resendVerification(core, core.application, id, "call");
    expect(await refusalOf(resendVerification(core, core.application, id, "call"))).toMatchObject(
      refused("number-voice-1h", 2),
    );
    expect(await refusalOf(start(core, to, { channel: "call" }))).toMatchObject(refused("number-voice-1h", 2));
    await start(core, to);
    await core.age(id, 3600);
    await start(core, to, { channel: "call" });
  });
});

describe("a country", () => {
  test("has a cap of its own: another one goes on", async () => {
    const core = await coreWith({ "country-24h": { limit: 1, windowSeconds: 86_400 } });
    await start(core, randomNumber());
    expect(await refusalOf(start(core, randomNumber()))).toMatchObject({ code: "too_many_requests" });
    await start(core, "+447700900123");
  });
});

test("a counter that cannot be read denies, and so does a slot that is full of something else", async () => {
  const core = await coreWith({ "application-1h": hour(5), prefix: hour(5) });
  await core.redis.set(`ww:{app:${core.application.id}}:w:application-1h`, "many");
  expect(await refusalOf(start(core))).toMatchObject({ code: "unavailable" });
  await core.redis.del(`ww:{app:${core.application.id}}:w:application-1h`);
  await core.redis.lpush(`ww:{app:${core.application.id}}:w:application-1h`, "1");
  expect(await refusalOf(start(core))).toMatchObject({ code: "unavailable" });
  await core.redis.del(`ww:{app:${core.application.id}}:w:application-1h`);
  await start(core);
});

test("limits outlive the rotation of the secrets", async () => {
  const secret = (kid: string) => ({ kid, key: Buffer.alloc(32, kid) });
  const before = await coreWith({ prefix: hour(2), address: hour(2) });
  const { id: applicationId, settings } = before.application;
  const rotated = (...kids: string[]) => guardedCore({ applicationId, settings, secrets: kids.map(secret) });
  const [old, both] = [await rotated("old"), await rotated("new", "old")];
  const area = randomArea();
  await start(old, `${area}1000`, { clientIp: "203.0.113.9" });
  await start(both, `${area}3000`, { clientIp: "203.0.113.9" });
  expect(await refusalOf(start(both, `${area}5000`))).toMatchObject(refused("prefix", 2));
  expect(await refusalOf(start(both, randomNumber(), { clientIp: "203.0.113.9" }))).toMatchObject(
    refused("address", 2),
  );
});

test("in report mode everything passes but is told; off tells nothing", async () => {
  for (const [guard, modes] of [
    ["report", ["report", "report"]],
    ["off", []],
  ] as const) {
    const core = await coreWith({ "application-1h": hour(1) }, { guard });
    const told: string[] = [];
    core.onDecision = ({ policy, mode }) => told.push(`${policy} ${mode}`);
    for (let i = 0; i < 3; i += 1) await start(core, randomNumber());
    expect(told).toEqual(modes.map((mode) => `application-1h ${mode}`));
  }
});

test("what a server carries out when its caller has given up counts nothing", async () => {
  const core = await coreWith({ "application-1h": hour(1), prefix: hour(1) });
  const long = Date.now() - 60_000;
  expect(await refusalOf(start({ ...core, storeNow: () => long }, randomNumber()))).toMatchObject({
    code: "unavailable",
  });
  await start({ ...core, storeNow: Date.now }, randomNumber());
});

test("whoever asks again for what is not sent again is answered whatever is used up, and a new request is refused", async () => {
  const core = await coreWith({ "application-1h": hour(1) }, { resendGapSeconds: 30 });
  const to = randomNumber();
  const { verification } = await start(core, to);
  expect(await start(core, to)).toMatchObject({ sending: false, verification: { id: verification.id } });
  await core.age(verification.id, 31);
  expect(await refusalOf(start(core, to))).toMatchObject({ code: "too_many_requests" });
  expect(await refusalOf(start(core, randomNumber()))).toMatchObject({ code: "too_many_requests" });
});
