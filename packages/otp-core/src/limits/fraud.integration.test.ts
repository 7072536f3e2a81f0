import { describe, expect, test } from "vitest";
import type { Decision } from "../core.ts";
import { numberKey } from "../store/keys.ts";
import { findInRedis } from "../testing/scan.fixture.ts";
import { randomNumber } from "../testing/index.fixture.ts";
import {
  coreWith,
  expectToPass,
  guardedCore,
  outcomes,
  randomArea,
  refusalOf,
  spreadNumbers,
} from "../testing/limits.fixture.ts";
import { cancelVerification } from "../verifications/cancel.ts";
import { check, refOf, start, startedId, wrong } from "../testing/verifications.fixture.ts";

type TestCore = Awaited<ReturnType<typeof coreWith>>;

const suspended = (name: string, seconds: number, limit: number) => ({
  code: "destination_suspended",
  details: { retryAfterSeconds: seconds, policy: { name, limit, windowSeconds: seconds } },
});

describe("500 sequential numbers, none converting", () => {
  test.each(["00", "37", "90"])(
    "are stopped within 20 sends, and another application goes on (from %s)",
    async (from) => {
      const [core, other] = [await guardedCore(), await guardedCore()];
      const first = Number(`141555598${from}`);
      const { passed, refusals } = await outcomes(
        Array.from({ length: 500 }, (_, index) => start(core, `+${first + index}`)),
      );
      expect(passed).toBeLessThanOrEqual(20);
      for (const { details } of refusals) expect(details.retryAfterSeconds).toBeGreaterThan(0);
      await start(other, `+${first}`);
    },
  );

  test("nor do more of them get through in the hours after", async () => {
    const core = await guardedCore();
    const area = randomArea();
    let sent = 0;
    for (let hour = 0; hour < 3; hour += 1) {
      for (let minute = 0; minute < 60; minute += 10) {
        const next = hour * 60 + minute;
        const { passed } = await outcomes(
          Array.from({ length: 20 }, (_, index) => start(core, `${area}${1000 + next * 3 + index}`)),
        );
        sent += passed;
        await core.ageLimits(600);
      }
    }
    expect(sent).toBeLessThanOrEqual(3 * 20);
  });
});

describe("a sweep", () => {
  const sweep = { limit: 4, windowSeconds: 600 };
  const near = (area: string, count: number, step = 7) =>
    Array.from({ length: count }, (_, index) => `${area}${4980 + index * step}`);

  test("is the fifth number within a span of 100 in ten minutes, and holds its prefix for as long", async () => {
    const core = await coreWith({ sweep });
    const area = randomArea();
    const [fifth = "", ...four] = near(area, 5);
    for (const to of four) await start(core, to);
    expect(await refusalOf(start(core, fifth))).toMatchObject(suspended("sweep", 600, 4));
    expect(await refusalOf(start(core, `${area}0001`))).toMatchObject({ code: "destination_suspended" });
    await start(core, `+1212${area.slice(5)}0001`);
    await core.ageLimits(599);
    const { details } = await refusalOf(start(core, `${area}0001`));
    expect(details.retryAfterSeconds).toBe(1);
    await core.ageLimits(1);
    await start(core, fifth);
  });

  test("is not one number that is asked for again and again", async () => {
    const core = await coreWith({ sweep });
    const numbers = near(randomArea(), 4);
    for (const to of [...numbers, ...numbers, ...numbers]) await expectToPass(start(core, to));
  });

  test("is not numbers that are further from each other, nor those of more than ten minutes", async () => {
    const core = await coreWith({ sweep });
    for (const to of near(randomArea(), 20, 25)) await expectToPass(start(core, to));
    const area = randomArea();
    for (const to of near(area, 20, 3)) {
      await expectToPass(start(core, to));
      await core.ageLimits(200);
    }
  });
});

/** Verifications of numbers that are far from each other; of every hundred, `approved` come to a right code. */
async function convert(core: TestCore, count: number, approved: number, from = 0): Promise<void> {
  for (const [index, to] of spreadNumbers(from + count)
    .slice(from)
    .entries()) {
    const id = await startedId(core, to);
    if ((index * approved) % 100 < approved) await check(core, id, await core.codeOf(id));
  }
}

const breaker = { limit: 15, windowSeconds: 3600 };

describe("the breaker of a country", () => {
  test("suspends it for an hour where fewer than 15 in 100 of 30 finished verifications were approved", async () => {
    const core = await coreWith({ "breaker-country": breaker });
    await convert(core, 40, 10);
    await core.ageLimits(480);
    expect(await refusalOf(start(core))).toMatchObject(suspended("breaker-country", 3600, 0));
    await start(core, "+447700900123");
    await core.ageLimits(3600);
    await start(core);
  });

  test("doubles with each suspension, up to a day", async () => {
    const core = await coreWith({ "breaker-country": breaker });
    const waits = [];
    for (let i = 0; i < 6; i += 1) {
      await convert(core, 31, 0, i * 31);
      await core.ageLimits(480);
      const { retryAfterSeconds = 0 } = (await refusalOf(start(core))).details;
      waits.push(retryAfterSeconds);
      await core.ageLimits(retryAfterSeconds);
    }
    expect(waits).toEqual([3600, 7200, 14_400, 28_800, 57_600, 86_400]);
  });

  test.each([
    ["fewer than 30 are finished", 29, 0, []],
    ["half of them were approved", 40, 50, []],
    ["between 15 and 35 in 100 were, which warns", 40, 25, ["breaker-country warn"]],
  ] as const)("lets them pass where %s", async (_why, count, approved, told) => {
    const core = await coreWith({ "breaker-country": breaker });
    await convert(core, count, approved);
    await core.ageLimits(480);
    const decisions: string[] = [];
    core.onDecision = ({ policy, mode }) => decisions.push(`${policy} ${mode}`);
    await start(core);
    expect(decisions).toEqual(told);
  });

  test("remembers as far back as it looks, and as its codes live", async () => {
    const core = await coreWith({ "breaker-country": { limit: 15, windowSeconds: 86_400 } });
    await start(core);
    expect(await core.redis.ttl(`ww:{app:${core.application.id}}:b:US`)).toBeGreaterThan(86_400 + 300);
  });

  test("judges no verification whose code still lives", async () => {
    const core = await coreWith({ "breaker-country": breaker });
    await convert(core, 60, 0);
    await core.ageLimits(240);
    await expectToPass(start(core));
  });

  test("counts a verification once, however often its message is asked for", async () => {
    const core = await coreWith({ "breaker-country": breaker }, { resendGapSeconds: 0 });
    for (const to of spreadNumbers(30)) {
      const id = await startedId(core, to);
      for (let i = 0; i < 3; i += 1) await start(core, to);
      await check(core, id, await core.codeOf(id));
    }
    await core.ageLimits(480);
    const decisions: Decision[] = [];
    core.onDecision = (decision) => decisions.push(decision);
    await start(core);
    expect(decisions).toEqual([]);
  });

  test("in report mode only tells", async () => {
    const core = await coreWith({ "breaker-country": breaker }, { guard: "report" });
    await convert(core, 31, 0);
    await core.ageLimits(480);
    const decisions: string[] = [];
    core.onDecision = ({ policy, mode }) => decisions.push(`${policy} ${mode}`);
    await start(core);
    expect(decisions).toEqual(["breaker-country report"]);
  });
});

describe("the breaker of a prefix", () => {
  test("suspends it alone, by the numbers that were started and approved", async () => {
    const core = await coreWith({ "breaker-prefix": breaker });
    const area = randomArea();
    for (let index = 0; index < 40; index += 1) {
      const id = await startedId(core, `${area}${1000 + index * 200}`);
      if (index % 10 === 0) await check(core, id, await core.codeOf(id));
      else await check(core, id, wrong(await core.codeOf(id)));
    }
    await start(core, `${area}9001`);
    await core.ageLimits(300);
    expect(await refusalOf(start(core, `${area}9101`))).toMatchObject(suspended("breaker-prefix", 3600, 0));
    await start(core, `+1212${area.slice(5)}9101`);
  });

  test("leaves one where most are approved", async () => {
    const core = await coreWith({ "breaker-prefix": breaker });
    const area = randomArea();
    for (let index = 0; index < 40; index += 1) {
      const id = await startedId(core, `${area}${1000 + index * 200}`);
      if (index % 2 === 0) await check(core, id, await core.codeOf(id));
    }
    await core.ageLimits(300);
    await expectToPass(start(core, `${area}9101`));
  });
});

test("what limits keep shows no number and no address, and neither does a decision", async () => {
  const core = await guardedCore({ settings: { limits: { "country-1h": { limit: 5, windowSeconds: 3600 } } } });
  const numbers = Array.from({ length: 8 }, () => randomNumber());
  const addresses = numbers.map((_, index) => `203.0.113.${100 + index}`);
  for (const [index, to] of numbers.entries()) {
    await start(core, to, { clientIp: addresses[index] }).catch(() => undefined);
  }
  const secrets = numbers.flatMap((to) => [to, to.slice(1), to.slice(1, -4), to.slice(5)]);
  const found = await findInRedis(core.redis, [...secrets, ...addresses]);
  expect(found.filter((key) => key.includes(core.application.id))).toEqual([]);
});

test("limits cost under 300 bytes of Redis for a number that was asked for five times, with a prefix and an address of its own", async () => {
  const high = { limit: 100_000, windowSeconds: 3600 };
  const core = await guardedCore({
    settings: {
      resendGapSeconds: 0,
      limits: { "country-1h": high, "country-24h": high, "application-1h": high, "application-24h": high },
    },
  });
  const COUNT = 1000;
  const codes = ["212", "312", "415", "617"];
  const numbers = Array.from({ length: COUNT }, (_, i) => `+1${codes[i % 4]}${200 + (i >> 2)}${1000 + i}`);
  const keys = new Set<string>();
  const askForAll = async () => {
    for (let from = 0; from < COUNT; from += 100) {
      const started = await Promise.all(
        numbers.slice(from, from + 100).map((to, i) => start(core, to, { clientIp: `10.0.${from / 100}.${i}` })),
      );
      for (const { verification, sending } of started) {
        expect(sending).toBe(true);
        keys.add(numberKey(refOf(verification.id).tag));
      }
    }
  };
  const bytesEach = async () => {
    const all = [...keys, ...(await core.redis.keys(`ww:{app:${core.application.id}}:*`))];
    const sizes = await Promise.all(all.map((key) => core.redis.memory("USAGE", key, "SAMPLES", 0)));
    return sizes.reduce((sum: number, size) => sum + (size ?? 0), 0) / COUNT;
  };
  await askForAll();
  expect(await bytesEach()).toBeLessThan(220);
  for (let again = 0; again < 4; again += 1) await askForAll();
  expect(keys.size).toBe(COUNT);
  expect(await bytesEach()).toBeLessThan(300);
}, 60_000);

test("a number that was asked for ten times a day, calls among them, is kept in the compact form of Redis", async () => {
  const call = { channel: "call", carrier: "telnyx", patienceSeconds: 30 } as const;
  const core = await guardedCore({ settings: { resendGapSeconds: 0, workflow: [{ ...call, channel: "sms" }, call] } });
  const to = randomNumber();
  const ids: string[] = [];
  for (const channel of ["call", "call", "call", "sms", "sms"] as const)
    ids.push((await start(core, to, { channel })).verification.id);
  const [id = ""] = ids;
  await core.age(id, 3600);
  for (const channel of ["call", "call", "sms", "sms", "sms"] as const) {
    ids.push((await start(core, to, { channel })).verification.id);
    await cancelVerification(core, core.application, ids.at(-1) ?? "");
  }
  expect(new Set(ids).size).toBeGreaterThan(5);
  expect(await core.redis.object("ENCODING", numberKey(refOf(id).tag))).not.toBe("hashtable");
  await core.age(id, 900);
  expect((await refusalOf(start(core, to))).details.policy?.name).toBe("number-24h");
});
