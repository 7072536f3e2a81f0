import { createAdmission, type QueueBacklog } from "@watchword/otp-core/queue";
import { createTestCore, idleQueue } from "@watchword/otp-core/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { expectProblem, startTestApi } from "../testing/api.fixture.ts";

const { app } = await startTestApi();

describe("GET", () => {
  test.each(["/health", "/healthz", "/readyz"])("%s: 200 without a key", async (url) => {
    const answer = await app.inject(url);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ status: "ok" });
  });
});

/** How long a job of each queue would wait. */
let waitMs: Record<string, number>;
beforeEach(() => {
  waitMs = {};
});
const latest = (): QueueBacklog[] =>
  Object.entries(waitMs).map(([queue, ms]) => ({ queue, ...idleQueue, waitMs: ms, steadyWaitMs: ms }));

const core = await createTestCore();
const guarded = { ...core, admission: createAdmission({ latest, stop: () => undefined }) };
const { app: api, use, post } = await startTestApi({ core: guarded });
const { settings } = core.application;
const [sms] = settings.workflow;
if (!sms) throw new Error("there is no workflow");
const calling = { ...settings, workflow: [{ ...sms, channel: "call" as const }] };

describe("GET /readyz, while Redis answers", () => {
  beforeEach(() => use([]));

  test("503 with the time to come back where a message would wait longer than its code lives, as a start is told", async () => {
    waitMs = { "sms-telnyx": 320_000 };
    const answer = await api.inject("/readyz");
    expectProblem(answer, 503, "unavailable");
    expect(answer.headers["retry-after"]).toBe("20");
    expect(answer.json<{ detail: string }>().detail).toMatch(/^Too many messages/);
    const start = await post("/v1/verifications", { to: "+14155550123" });
    expect(start.json()).toEqual(answer.json());
  });

  test("503 that says so where it is calls with which an application begins", async () => {
    waitMs = { "call-telnyx": 320_000 };
    expect((await api.inject("/readyz")).statusCode).toBe(200);
    use([{ id: "calling", settings: calling, keyHashes: [] }]);
    const answer = await api.inject("/readyz");
    expectProblem(answer, 503, "unavailable");
    expect(answer.json<{ detail: string }>().detail).toMatch(/^Too many calls/);
  });

  test("200 while the codes of one application live long enough to wait", async () => {
    waitMs = { "sms-telnyx": 320_000 };
    use([{ id: "patient", settings: { ...settings, expirySeconds: 600 }, keyHashes: [] }]);
    expect((await api.inject("/readyz")).statusCode).toBe(200);
  });

  test("200 where only a queue in which no verification begins is too long", async () => {
    waitMs = { "sms-telnyx": 299_000, "call-telnyx": 900_000, notifications: 900_000 };
    expect((await api.inject("/readyz")).statusCode).toBe(200);
  });
});
