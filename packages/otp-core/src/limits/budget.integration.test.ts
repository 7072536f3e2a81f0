import { describe, expect, test } from "vitest";
import { randomNumber } from "../testing/index.fixture.ts";
import { coreWith, outcomes, refusalOf } from "../testing/limits.fixture.ts";
import { start } from "../testing/verifications.fixture.ts";

const hour = (limit: number) => ({ limit, windowSeconds: 3600 });
describe("the budget of a day", () => {
  const prices = { US: { sms: 0.4, call: 2 }, GB: { sms: 0.1, call: 0.1 } };

  test("is what all messages may cost by the prices, and goes on with the next day", async () => {
    const core = await coreWith({}, { budget: { perDay: 1, prices } });
    await start(core, randomNumber());
    await start(core, randomNumber());
    const refusal = await refusalOf(start(core, randomNumber()));
    expect(refusal).toMatchObject({ code: "too_many_requests", details: { policy: { name: "budget", limit: 1 } } });
    const untilMidnight = 86_400 - (Math.floor(Date.now() / 1000) % 86_400);
    expect(Math.abs((refusal.details.retryAfterSeconds ?? 0) - untilMidnight)).toBeLessThanOrEqual(5);
    await start(core, "+447700900123");
    await core.ageLimits(86_400);
    await start(core, randomNumber());
  });

  test("takes a country without a price for the dearest, and one price for all where it is given", async () => {
    const dear = await coreWith({}, { budget: { perDay: 0.7, prices } });
    await start(dear, "+33612345678");
    expect((await refusalOf(start(dear, "+33612345679"))).details.policy?.name).toBe("budget");
    const even = await coreWith({}, { budget: { perDay: 0.7, prices: { ...prices, "*": { sms: 0.2, call: 0 } } } });
    for (let i = 0; i < 3; i += 1) await start(even, `+3361234567${i}`);
    expect((await refusalOf(start(even, "+33612345679"))).details.policy?.name).toBe("budget");
  });

  const spentBy = async ({ redis, application }: Awaited<ReturnType<typeof coreWith>>) => {
    const [key = ""] = await redis.keys(`ww:{app:${application.id}}:spent:*`);
    return Number(await redis.get(key)) / 1_000_000;
  };

  describe.each(["report", "off"] as const)("in the guard's mode %s", (guard) => {
    test("refuses all the same, exactly what is beyond it, and is told so", async () => {
      const core = await coreWith({}, { guard, budget: { perDay: 1, prices } });
      const modes: string[] = [];
      core.onDecision = ({ policy, mode }) => modes.push(`${policy} ${mode}`);
      const { passed, refusals } = await outcomes(Array.from({ length: 6 }, () => start(core, randomNumber())));
      expect(passed).toBe(2);
      for (const refusal of refusals) {
        expect(refusal).toMatchObject({ code: "too_many_requests", details: { policy: { name: "budget" } } });
      }
      expect(modes).toEqual(refusals.map(() => "budget enforce"));
      await core.ageLimits(86_400);
      await start(core, randomNumber());
    });

    test("counts what another limit would have refused, which costs as much", async () => {
      const core = await coreWith({ "application-1h": hour(1) }, { guard, budget: { perDay: 1, prices } });
      await start(core, randomNumber());
      await start(core, randomNumber());
      expect((await refusalOf(start(core, randomNumber()))).details.policy?.name).toBe("budget");
      expect(await spentBy(core)).toBe(0.8);
    });

    test("counts nothing for what was not sent", async () => {
      const limits = { "application-1h": hour(1), "number-15m": { limit: 2, windowSeconds: 900 } };
      const core = await coreWith(limits, { guard, resendGapSeconds: 30, budget: { perDay: 100, prices } });
      const to = randomNumber();
      for (let i = 0; i < 5; i += 1) await start(core, to).catch(() => undefined);
      expect(await spentBy(core)).toBe(0.4);
    });
  });

  test("is each application's own", async () => {
    const poor = await coreWith({}, { budget: { perDay: 0.4, prices } });
    const rich = await coreWith({}, { budget: { perDay: 100, prices } });
    for (const core of [poor, rich]) await start(core, randomNumber());
    expect((await refusalOf(start(poor, randomNumber()))).details.policy?.name).toBe("budget");
    await start(rich, randomNumber());
  });

  test("counts nothing that the guard refuses, nor for a person's address that is over its limit", async () => {
    const core = await coreWith({ "application-1h": hour(2), address: hour(1) }, { budget: { perDay: 100, prices } });
    const clientIp = "203.0.113.9";
    await start(core, randomNumber(), { clientIp });
    expect((await refusalOf(start(core, randomNumber(), { clientIp }))).details.policy?.name).toBe("address");
    await start(core, randomNumber());
    expect((await refusalOf(start(core, randomNumber()))).details.policy?.name).toBe("application-1h");
    expect(await spentBy(core)).toBe(0.8);
  });
});
