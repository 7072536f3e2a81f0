import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { claimDelivery } from "../deliveries/claim.ts";
import { applicationPrefix, numberKey } from "../store/keys.ts";
import { isRedisUnavailable } from "../store/redis.ts";
import { type Proxy, startProxy, type TestCore } from "../testing/index.fixture.ts";
import { coreWith, randomArea } from "../testing/limits.fixture.ts";
import {
  claimToSend,
  deliveryOf,
  refOf,
  settle,
  smsThenCall,
  start,
  startedId,
  startTestCore,
} from "../testing/verifications.fixture.ts";
import { resendVerification } from "../verifications/resend.ts";

const hour = (limit: number) => ({ limit, windowSeconds: 3600 });
const prices = { "*": { sms: 1, call: 1 } };

let core: TestCore;
let area: string;
beforeEach(async () => {
  area = randomArea();
  core = await coreWith(
    { prefix: hour(50), "application-1h": hour(50), "country-voice-1h": hour(50), "breaker-country": hour(15) },
    { ...smsThenCall, budget: { perDay: 50, prices } },
  );
});

/** Everything that is counted for the application, by what follows its prefix; what is 0 or empty is not counted. */
async function counted({ redis, application }: TestCore): Promise<Record<string, string>> {
  const prefix = applicationPrefix(application.id);
  const counts: Record<string, string> = {};
  for (const key of await redis.keys(`${prefix}*`)) {
    const name = key.slice(prefix.length);
    const value = /^[bp]:/.test(name) ? Object.values(await redis.hgetall(key)).join(" ") : await redis.get(key);
    if (value !== "" && value !== "0") counts[name] = value ?? "";
  }
  return counts;
}

type Step = () => Promise<unknown>;

/** Each way to count a request, and the number's own key, without which its second step fails. */
const ways: Record<string, () => Promise<[step: Step, numberKey: string]>> = {
  async start() {
    const known = refOf(await startedId(core, `${area}1000`));
    return [() => start(core, `${area}1000`), numberKey(known.tag)];
  },
  async resend() {
    const id = await startedId(core, `${area}1000`);
    return [() => resendVerification(core, core.application, id, "sms"), numberKey(refOf(id).tag)];
  },
  async "call that the workflow adds"() {
    const id = await startedId(core, `${area}1000`);
    const { ref } = await claimToSend(core, deliveryOf(id));
    await settle(core, ref, { outcome: "failed", reason: "invalid_number" });
    return [() => claimDelivery(core, deliveryOf(id, 2)), numberKey(refOf(id).tag)];
  },
};

test.each(Object.entries(ways))(
  "a %s whose second step fails keeps its error, and leaves nothing counted",
  async (_way, having) => {
    const [step, key] = await having();
    const before = await counted(core);
    expect(before).not.toEqual({});
    await core.redis.set(key, "of another type");
    for (let i = 0; i < 3; i += 1) await expect(step()).rejects.toThrow(/WRONGTYPE/);
    await expect.poll(() => counted(core)).toEqual(before);
  },
);

describe("a start whose second step is not answered", () => {
  let proxy: Proxy;
  let behind: TestCore;
  beforeEach(async () => {
    proxy = await startProxy(core.redisUrl);
    const { id: applicationId, settings } = core.application;
    behind = await startTestCore({ applicationId, settings, redisUrl: proxy.url });
    proxy.holdRepliesAt("}:number");
  });
  afterEach(async () => {
    await behind.close();
    await proxy.close();
  });

  test("is refused in time, and leaves nothing counted", async () => {
    const begun = performance.now();
    await expect(start(behind, `${area}1000`)).rejects.toSatisfy(isRedisUnavailable);
    expect(performance.now() - begun).toBeLessThan(2000);
    await expect.poll(() => counted(core)).toEqual({});
  });

  test("is refused in time too where nothing can be taken back, which is told", async () => {
    const uncounted: Error[] = [];
    behind.onUncounted = (error) => void uncounted.push(error);
    const begun = performance.now();
    const refused = start(behind, `${area}1000`).catch((error: unknown) => error);
    await expect.poll(() => counted(core)).not.toEqual({});
    await proxy.cut();
    expect(await refused).toSatisfy(isRedisUnavailable);
    expect(performance.now() - begun).toBeLessThan(2000);
    await expect.poll(() => uncounted.length).toBe(1);
    expect(uncounted[0]).toSatisfy(isRedisUnavailable);
  });
});
