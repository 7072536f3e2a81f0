import { startVerification } from "@watchword/otp-core";
import { randomNumber } from "@watchword/otp-core/testing";
import type { HTTPMethods } from "fastify";
import { describe, expect, test } from "vitest";
import { reasonAgainst } from "../actions.ts";
import { login, password, startTestDashboard, user, viewer } from "../testing/dashboard.fixture.ts";

const { app, core, log } = await startTestDashboard();
const operator = { ...login(user, password), "sec-fetch-site": "same-origin" };
const looking = { ...login(viewer.user, viewer.password), "sec-fetch-site": "same-origin" };

const queue = "/api/queues/sms-telnyx";
/** All that Bull Board can change. What a new version adds has to be looked at. */
const changing: [method: HTTPMethods, route: string][] = [
  ["PUT", "/api/queues/pause"],
  ["PUT", "/api/queues/resume"],
  ["POST", "/api/queues/:queueName/add"],
  ["PUT", "/api/queues/:queueName/retry/:queueStatus"],
  ["PUT", "/api/queues/:queueName/promote"],
  ["PUT", "/api/queues/:queueName/clean/:queueStatus"],
  ["PUT", "/api/queues/:queueName/pause"],
  ["PUT", "/api/queues/:queueName/resume"],
  ["PUT", "/api/queues/:queueName/concurrency"],
  ["PUT", "/api/queues/:queueName/rate-limit"],
  ["PUT", "/api/queues/:queueName/rate-limit/release"],
  ["PUT", "/api/queues/:queueName/empty"],
  ["PUT", "/api/queues/:queueName/obliterate"],
  ["PUT", "/api/queues/:queueName/job-schedulers/:schedulerId/remove"],
  ["PATCH", "/api/queues/:queueName/job-schedulers/:schedulerId"],
  ["PUT", "/api/queues/:queueName/job-schedulers/:schedulerId/run"],
  ["PUT", "/api/queues/:queueName/:jobId/retry"],
  ["PUT", "/api/queues/:queueName/:jobId/clean"],
  ["PUT", "/api/queues/:queueName/:jobId/promote"],
  ["PATCH", "/api/queues/:queueName/:jobId/update-data"],
  ["PATCH", "/api/queues/:queueName/:jobId/delay"],
  ["PATCH", "/api/queues/:queueName/:jobId/priority"],
  ["PUT", "/api/queues/:queueName/:jobId/remove-unprocessed-children"],
];

async function startDelivery() {
  const to = randomNumber();
  const { verification } = await startVerification(core, core.application, { to, channel: "sms" });
  const id = verification.deliveries[0]?.id ?? "";
  return { to, code: await core.codeOf(verification.id), id, url: `${queue}/${id}` };
}

/** Everything that Redis holds of the queue. */
async function stateOfQueue(): Promise<string> {
  const keys = (await core.redis.keys("ww:{sms-telnyx}*")).toSorted((a, b) => a.localeCompare(b));
  return JSON.stringify(await Promise.all(keys.map(async (key) => [key, await core.redis.dumpBuffer(key)])));
}

const changes = () =>
  log()
    .split("\n")
    .filter((line) => line.includes('"msg":"changed"'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test("what can be changed is known", () => {
  for (const [method, url] of changing)
    expect([method, url, app.hasRoute({ method, url })]).toEqual([method, url, true]);
  const tree = app.printRoutes({ commonPrefix: false });
  const methods = [...tree.matchAll(/\(([A-Z, ]+)\)/g)].flatMap(([, list = ""]) => list.split(", "));
  expect(methods.filter((method) => method !== "GET" && method !== "HEAD")).toHaveLength(changing.length);
});

describe("a viewer", () => {
  test("is refused every change, and nothing changes", async () => {
    const { id } = await startDelivery();
    const before = await stateOfQueue();
    const urls = changing.map(([, route]) =>
      route.replace(":queueName", "sms-telnyx").replace(":jobId", id).replace(":queueStatus", "failed"),
    );
    for (const url of [...urls, "/", "/healthz", "/nothing", `${queue}/${id}`, "/API/queues/pause"]) {
      for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const) {
        const payload = method === "OPTIONS" ? undefined : { name: "deliver", data: {}, jobData: {}, force: true };
        const answer = await app.inject({ method, url, headers: looking, ...(payload && { payload }) });
        expect([method, url, answer.statusCode]).toEqual([method, url, 403]);
        expect(answer.json()).toMatchObject({ message: "This login may look and change nothing." });
      }
    }
    const overridden = { ...looking, "x-http-method-override": "PUT" };
    await app.inject({ url: `${queue}/pause`, headers: overridden });
    expect(await stateOfQueue()).toBe(before);
    expect(changes()).toEqual([]);
  });

  test("sees the same as the operator, without a button that changes anything", async () => {
    const { id, url } = await startDelivery();
    // Which workers there are changes with the tests that run beside this one.
    const workers = await app.inject({ url: `${queue}/workers`, headers: looking });
    expect(workers.statusCode).toBe(200);
    for (const path of ["/", url, `${url}/logs`, "/api/job-schedulers"]) {
      const [seen, all] = await Promise.all([looking, operator].map((headers) => app.inject({ url: path, headers })));
      expect([path, seen?.statusCode, seen?.body]).toEqual([path, 200, all?.body]);
    }
    const list = async (headers: Record<string, string>) => {
      const url = "/api/queues?activeQueue=sms-telnyx&status=waiting&jobsPerPage=100";
      const { queues } = (await app.inject({ url, headers })).json<List>();
      return { queues: queues.map((each) => ({ ...each, hasWorkers: undefined })) };
    };
    interface List {
      queues: {
        readOnlyMode: boolean;
        allowRetries: boolean;
        allowCompletedRetries: boolean;
        supportsGlobalRateLimit: boolean;
      }[];
    }
    // Nobody is offered a rate limit.
    const supportsGlobalRateLimit = false;
    const open = { readOnlyMode: false, allowRetries: true, allowCompletedRetries: true, supportsGlobalRateLimit };
    const closed = { readOnlyMode: true, allowRetries: false, allowCompletedRetries: false, supportsGlobalRateLimit };
    const [seen, all] = [await list(looking), await list(operator)];
    expect(JSON.stringify(seen)).toContain(id);
    expect(all).toEqual({ queues: all.queues.map((each) => ({ ...each, ...open })) });
    expect(seen).toEqual({ queues: all.queues.map((each) => ({ ...each, ...closed })) });
  });
});

describe("an operator", () => {
  test("may remove a job, and it is logged who did", async () => {
    const { id, url } = await startDelivery();
    const answer = await app.inject({ method: "PUT", url: `${url}/clean`, headers: operator });
    expect(answer.statusCode).toBe(204);
    expect((await app.inject({ url, headers: operator })).statusCode).toBe(404);
    expect(changes().at(-1)).toMatchObject({ user, action: "clean", queue: "sms-telnyx", job_id: id });
  });

  test("may pause and resume one queue and all of them, and it is logged", async () => {
    for (const [path, logged] of [
      ["/api/queues/sms-telnyx/pause", { action: "pause", queue: "sms-telnyx" }],
      ["/api/queues/sms-telnyx/resume", { action: "resume", queue: "sms-telnyx" }],
      ["/api/queues/pause", { action: "pause", queue: "all" }],
      ["/api/queues/resume", { action: "resume", queue: "all" }],
      ["/api/queues/sms-telnyx/retry/failed", { action: "retry", queue: "sms-telnyx", jobs: "failed" }],
      ["/api/queues/sms-telnyx/promote", { action: "promote", queue: "sms-telnyx" }],
    ] as const) {
      const answer = await app.inject({ method: "PUT", url: path, headers: operator });
      expect([path, answer.statusCode]).toEqual([path, 200]);
      expect(changes().at(-1)).toMatchObject({ user, ...logged });
    }
  });

  test.each([
    ["makes or edits a job", "POST", `${queue}/add`, "by hand"],
    ["makes or edits a job", "PATCH", `${queue}/:jobId/update-data`, "by hand"],
    ["makes or edits a job", "PATCH", `${queue}/:jobId/delay`, "by hand"],
    ["makes or edits a job", "PATCH", `${queue}/:jobId/priority`, "by hand"],
    ["sets a rate, which is the workers'", "PUT", `${queue}/rate-limit`, "TELNYX_SMS_PER_SECOND"],
    ["sets how many run at a time", "PUT", `${queue}/concurrency`, "WORKER_CONCURRENCY"],
    ["destroys a queue", "PUT", `${queue}/obliterate`, "empty this one"],
    ["removes what is at work", "PUT", `${queue}/clean/active`, "taken over"],
    ["uses what Watchword has not", "PUT", `${queue}/job-schedulers/x/remove`, "does not offer"],
    ["uses what Watchword has not", "PATCH", `${queue}/job-schedulers/x`, "does not offer"],
    ["uses what Watchword has not", "PUT", `${queue}/job-schedulers/x/run`, "does not offer"],
    ["uses what Watchword has not", "PUT", `${queue}/:jobId/remove-unprocessed-children`, "does not offer"],
  ] as const)("who %s (%s %s) reads why not, and nothing changes", async (_what, method, path, reason) => {
    const { id } = await startDelivery();
    const before = await stateOfQueue();
    const payload = { name: "deliver", data: {}, jobData: {}, max: 1, duration: 60_000, concurrency: 1, force: true };
    const answer = await app.inject({ method, url: path.replace(":jobId", id), headers: operator, payload });
    expect(answer.statusCode).toBe(403);
    expect(answer.json<{ message: string }>().message).toContain(reason);
    expect(await stateOfQueue()).toBe(before);
  });

  test("may do all of the rest that Bull Board has", () => {
    const allowed = changing.filter(([, route]) => reasonAgainst(route) === undefined);
    expect(allowed.map(([, route]) => route.replace("/api/queues", ""))).toEqual([
      "/pause",
      "/resume",
      "/:queueName/retry/:queueStatus",
      "/:queueName/promote",
      "/:queueName/clean/:queueStatus",
      "/:queueName/pause",
      "/:queueName/resume",
      "/:queueName/rate-limit/release",
      "/:queueName/empty",
      "/:queueName/:jobId/retry",
      "/:queueName/:jobId/clean",
      "/:queueName/:jobId/promote",
    ]);
  });

  test("may end the pause of a queue after a carrier's 429", async () => {
    await core.redis.set("ww:{sms-telnyx}:sms-telnyx:limiter", "1", "PX", 60_000);
    const answer = await app.inject({ method: "PUT", url: `${queue}/rate-limit/release`, headers: operator });
    expect(answer.statusCode).toBe(200);
    expect(await core.redis.exists("ww:{sms-telnyx}:sms-telnyx:limiter")).toBe(0);
  });

  test.each(["cross-site", "same-site", "none"])("changes nothing by a request of a %s page", async (site) => {
    const { url } = await startDelivery();
    const before = await stateOfQueue();
    const headers = { ...operator, "sec-fetch-site": site };
    for (const path of [`${url}/clean`, `${queue}/pause`, `${queue}/empty`])
      expect((await app.inject({ method: "PUT", url: path, headers })).statusCode).toBe(403);
    expect(await stateOfQueue()).toBe(before);
  });

  describe("whose browser does not name the site, as over plain HTTP,", () => {
    const pause = (headers: Record<string, string>) =>
      app.inject({ method: "PUT", url: `${queue}/pause`, headers: { ...login(user, password), ...headers } });

    test.each([
      ["another site", "dashboard.internal:3001", "http://evil.example"],
      ["another port", "dashboard.internal:3001", "http://dashboard.internal:8080"],
      ["the host's parent", "dashboard.internal:3001", "http://internal:3001"],
      ["a host that begins alike", "dashboard.internal", "http://dashboard.internal.evil.example"],
      ["a page without an origin", "dashboard.internal:3001", "null"],
      ["nobody", "dashboard.internal:3001", ""],
    ])("changes nothing by a request of %s", async (_whose, host, origin) => {
      const before = await stateOfQueue();
      expect((await pause({ host, origin })).statusCode).toBe(403);
      expect(await stateOfQueue()).toBe(before);
    });

    test.each([
      ["the dashboard's own page", { host: "dashboard.internal:3001", origin: "http://dashboard.internal:3001" }],
      ["its page behind TLS", { host: "Dashboard.internal", origin: "https://dashboard.internal" }],
      ["a command line, which has no origin", { host: "dashboard.internal:3001" }],
    ])("may change what it may by a request of %s", async (_whose, headers) => {
      expect((await pause(headers)).statusCode).toBe(200);
      await app.inject({ method: "PUT", url: `${queue}/resume`, headers: operator });
    });
  });

  test("whose change did not come about is logged without what was typed", async () => {
    const count = changes().length;
    const answer = await app.inject({ method: "PUT", url: `${queue}/+14155550123/clean`, headers: operator });
    expect(answer.statusCode).toBe(404);
    expect(changes()).toHaveLength(count);
    expect(log()).toContain('"msg":"not changed"');
    expect(log()).not.toContain("4155550123");
  });
});

test("a request that is no action is logged by method, path and who, without query, numbers and codes", async () => {
  const url = `${queue}/+14155550123/destroy/004711?token=hidden`;
  const answer = await app.inject({ method: "DELETE", url, headers: operator });
  expect(answer.statusCode).toBe(404);
  const line = log()
    .split("\n")
    .findLast((each) => each.includes('"msg":"not changed"'));
  const path = "/api/queues/sms-telnyx/*/destroy/*";
  expect(JSON.parse(line ?? "")).toMatchObject({ user, method: "DELETE", path, status: 404 });
  for (const secret of ["4155550123", "004711", "hidden"]) expect(log()).not.toContain(secret);
});

test("a refused action is logged with its queue", async () => {
  await app.inject({ method: "PUT", url: `${queue}/concurrency`, headers: operator, payload: { concurrency: 1 } });
  const line = log()
    .split("\n")
    .findLast((each) => each.includes('"msg":"not changed"'));
  expect(JSON.parse(line ?? "")).toMatchObject({ user, action: "concurrency", queue: "sms-telnyx", status: 403 });
});

test("a job shows ids alone, to anybody: no number and no code, in its own answer and in the list", async () => {
  const { to, code, id, url } = await startDelivery();
  for (const headers of [operator, looking]) {
    const one = await app.inject({ url, headers });
    expect(one.json<{ job: object }>().job).toMatchObject({ id, name: "SMS", data: { deliveryId: id } });
    const list = await app.inject({
      url: "/api/queues?activeQueue=sms-telnyx&status=waiting&jobsPerPage=100",
      headers,
    });
    expect(list.body).toContain(id);
    for (const { body } of [one, list]) {
      expect(body).not.toContain(to.slice(1));
      expect(body).not.toContain(code);
    }
  }
});
