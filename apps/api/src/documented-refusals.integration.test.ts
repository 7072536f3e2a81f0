import { randomInt, randomUUID } from "node:crypto";
import { startVerification } from "@watchword/otp-core";
import { createTestCore, randomNumber, startProxy } from "@watchword/otp-core/testing";
import { afterAll, describe, expect, test } from "vitest";
import type { ProblemCode } from "./plugins/problems.ts";
import { type Answer, startTestApi, type TestApi } from "./testing/api.fixture.ts";
import { type DocumentedOperation, readDocument } from "./testing/documented.fixture.ts";
import { newKey, wasReplayed } from "./testing/idempotency.fixture.ts";

/** More checks than wrong codes lock a number, so that one is locked while its verification is pending. */
const lock = { limit: 3, windowSeconds: 900 };
const api = await startTestApi({
  settings: { allowedCountries: ["US"], maxAttempts: 5, limits: { "number-lock": lock } },
});
/** A second number nearby is a sweep here. */
const guarded = await startTestApi({
  settings: { guard: "enforce", limits: { sweep: { limit: 1, windowSeconds: 600 } } },
});
const documented = await readDocument(api.app);

const direct = await createTestCore();
const proxy = await startProxy(direct.redisUrl);
afterAll(async () => {
  await proxy.close();
  await direct.close();
});
const withoutRedis = await startTestApi({ redisUrl: proxy.url });
await proxy.cut();

interface Route {
  method: "GET" | "POST" | "DELETE";
  /** Of a verification that is there, or not; for a number, where that is in the address. */
  url(id: string, to: string): string;
  /** A good body; for a number, where the route takes one. */
  body?(to: string): object;
  headers?: Record<string, string>;
}
const code = "123456";
const routes: Record<string, Route> = {
  startVerification: { method: "POST", url: () => "/v1/verifications", body: (to) => ({ to }) },
  checkVerification: { method: "POST", url: (id) => `/v1/verifications/${id}/check`, body: () => ({ code }) },
  checkNumber: { method: "POST", url: () => "/v1/verifications/check", body: (to) => ({ to, code }) },
  resendVerification: { method: "POST", url: (id) => `/v1/verifications/${id}/resend`, body: () => ({}) },
  cancelVerification: { method: "POST", url: (id) => `/v1/verifications/${id}/cancel`, body: () => ({}) },
  readVerification: { method: "GET", url: (id) => `/v1/verifications/${id}` },
  eraseVerification: { method: "DELETE", url: (id) => `/v1/verifications/${id}` },
  eraseNumber: { method: "DELETE", url: (_id, to) => `/v1/numbers/${to}` },
  requestOtp: { method: "POST", url: () => "/auth/request-otp", body: (to) => ({ phone_number: to }) },
  verifyOtp: { method: "POST", url: () => "/auth/verify-otp", body: (to) => ({ phone_number: to, otp: code }) },
  readReadiness: { method: "GET", url: () => "/readyz" },
};

/** What each route refuses as its documentation's example does. */
const invalidBodies: Record<string, object> = {
  startVerification: {},
  checkVerification: { code: "secret" },
  checkNumber: { to: "+14155550123", code: "secret" },
  resendVerification: { channel: "call" },
  cancelVerification: { reason: "none" },
  requestOtp: {},
  verifyOtp: { phone_number: "+14155550123" },
};

const id = `vf_${"A".repeat(32)}`;
interface Change {
  body?: object | string;
  to?: string;
  id?: string;
  headers?: Record<string, string>;
  by?: TestApi;
}
/** The newest request once more. */
let sendAgain: () => Promise<Answer>;

function send(route: Route, change: Change = {}): Promise<Answer> {
  const { to = randomNumber(), by = api } = change;
  const headers = { ...route.headers, ...change.headers };
  sendAgain = () => sendTo(route, { ...change, to, by, headers });
  return sendAgain();
}

function sendTo({ method, url, body }: Route, change: Change & Required<Pick<Change, "to" | "by" | "headers">>) {
  const { to, by, headers } = change;
  const address = url(change.id ?? id, to);
  if (method === "GET") return by.get(address, headers);
  if (method === "DELETE") {
    const authorization = `Bearer ${by.key}`;
    const payload = change.body;
    const type = payload === undefined ? {} : { "content-type": "application/json" };
    return by.app.inject({
      method,
      url: address,
      headers: { authorization, ...type, ...headers },
      ...(payload !== undefined && { payload }),
    });
  }
  return by.post(address, change.body ?? body?.(to), headers);
}

const provocations: Partial<Record<ProblemCode, (route: Route, operationId: string) => Promise<Answer>>> = {
  unauthorized: (route) => send(route, { headers: { authorization: "" } }),
  invalid_request: (route, operationId) =>
    route.method !== "POST"
      ? send(route, { id: "%zz", to: "%zz" })
      : send(route, { body: invalidBodies[operationId] ?? {} }),
  payload_too_large: (route) => send(route, { body: " ".repeat(20_000) }),
  unsupported_media_type: (route) => send(route, { body: "to=1", headers: { "content-type": "text/plain" } }),
  invalid_phone_number: (route) => send(route, { to: route.method === "DELETE" ? "14155550123" : "+1415555" }),
  async unsupported_destination(route) {
    const { application } = api.core;
    const to = `+44207946${randomInt(1000, 10_000)}`;
    // It was begun before its country was taken off the list.
    const anywhere = { ...application, settings: { ...application.settings, allowedCountries: ["*"] } };
    const { verification } = await startVerification(api.core, anywhere, { to });
    return send(route, { to, id: verification.id });
  },
  verification_not_found: (route) => send(route),
  async verification_not_pending(route) {
    const over = await api.start();
    await api.post(`/v1/verifications/${over.id}/cancel`);
    return send(route, { id: over.id });
  },
  async resend_too_soon(route) {
    return send(route, { id: (await api.start()).id });
  },
  async too_many_requests(route) {
    const { to, id: begun } = await api.start();
    for (let i = 0; i < 4; i += 1) await send(routes["startVerification"] as Route, { to });
    await api.core.age(begun, 30);
    return send(route, { to, id: begun });
  },
  async number_locked(route) {
    const locked = await api.start();
    const wrong = { code: api.wrong(locked.code) };
    for (let i = 0; i < lock.limit; i += 1) await api.post(`/v1/verifications/${locked.id}/check`, wrong);
    await api.core.age(locked.id, 30);
    return send(route, { id: locked.id, to: locked.to });
  },
  async destination_suspended(route) {
    const first = await guarded.start();
    const nearby = [1, 2].map(
      (more) => first.to.slice(0, -2) + String((Number(first.to.slice(-2)) + more) % 100).padStart(2, "0"),
    );
    for (const to of nearby) await guarded.post("/v1/verifications", { to });
    await guarded.core.age(first.id, 30);
    return send(route, { id: first.id, to: first.to, by: guarded });
  },
  async verification_conflict(route) {
    const { to } = await api.start({ context: { amount: "EUR 12.50", payee: "Green Grocers" } });
    return send(route, { to });
  },
  async idempotency_in_progress(route) {
    const headers = { "idempotency-key": randomUUID() };
    const same = { to: randomNumber(), headers };
    const answers = await Promise.all([send(route, same), send(route, same)]);
    return answers.find(({ statusCode }) => statusCode === 409) ?? answers[0];
  },
  async idempotency_conflict(route) {
    const headers = { "idempotency-key": randomUUID() };
    await send(route, { headers });
    return send(route, { headers, id: `vf_${"B".repeat(32)}` });
  },
  unavailable: (route) => send(route, { by: withoutRedis }),
};

/** A wait is as long as the test takes; the fields of the header say the same as the text. */
const withoutWaits = (body: unknown) => JSON.parse(JSON.stringify(body).replace(/\b\d+ s\b/g, "N s")) as unknown;

const refusalsOf = ({ responses }: DocumentedOperation) =>
  Object.entries(responses).flatMap(([status, { content = {} }]) =>
    Object.values(content).flatMap(({ examples }) =>
      Object.keys(examples).map((name) => ({ status: Number(status), refusal: name as ProblemCode })),
    ),
  );

describe.each(Object.keys(routes))("%s", (operationId) => {
  const operation = documented.operation(operationId);
  const refusals = refusalsOf(operation).filter(({ refusal }) => refusal in provocations);

  test("has every refusal of its documentation tried here but a failure of ours", () => {
    const others = refusalsOf(operation).filter(({ status, refusal }) => status >= 400 && !(refusal in provocations));
    expect(others.map(({ refusal }) => refusal).filter((name) => name !== ("wrong" as string))).toEqual([
      "internal_error",
    ]);
  });

  test.each(refusals)("$status $refusal: is told word for word", async ({ status, refusal }) => {
    const route = routes[operationId] as Route;
    const answer = await (provocations[refusal] as NonNullable<(typeof provocations)[ProblemCode]>)(route, operationId);
    expect(answer.statusCode, answer.body).toBe(status);
    documented.expectAnswer(answer, operationId);
    const example = documented.examples(operationId, status)[refusal]?.value;
    expect(withoutWaits(answer.json())).toEqual(withoutWaits(example));
    const { headers = {} } = operation.responses[status] ?? {};
    // Nothing is given again here, and a 409 says when to come back only where it passes by itself.
    const isOver = status === 409 && refusal !== "idempotency_in_progress";
    const absent = new Set(["Idempotency-Replayed", ...(isOver ? ["Retry-After"] : [])]);
    for (const name of Object.keys(headers)) expect(name.toLowerCase() in answer.headers, name).toBe(!absent.has(name));
  });

  const takesKey = operation.parameters?.some(({ name }) => name === "Idempotency-Key") === true;
  const statuses = takesKey ? [...new Set(refusals.map(({ status }) => status))] : [];
  test.each(statuses)(
    "%d: is given again to its Idempotency-Key where the documentation says so alone",
    async (status) => {
      const replayed: ProblemCode[] = [];
      for (const { refusal } of refusals.filter((each) => each.status === status)) {
        const route = { ...(routes[operationId] as Route), headers: newKey() };
        await provocations[refusal]?.(route, operationId);
        const again = await sendAgain();
        if (again.statusCode === status && wasReplayed(again)) replayed.push(refusal);
      }
      const documentedHeaders = Object.keys(operation.responses[status]?.headers ?? {});
      expect(documentedHeaders.includes("Idempotency-Replayed"), replayed.join()).toBe(replayed.length > 0);
    },
  );
});

test("500 internal_error is told word for word, and what it was is only in the log", async () => {
  const { id: broken } = await api.start();
  await api.core.redis.hset(`ww:{${broken.slice(3, 19)}}:v:${broken.slice(19)}`, "metadata", "{");
  const answer = await api.get(`/v1/verifications/${broken}`);
  expect(answer.statusCode).toBe(500);
  documented.expectAnswer(answer, "readVerification");
  expect(answer.json()).toEqual(documented.examples("readVerification", 500)["internal_error"]?.value);
  expect(api.log()).toContain("request failed");
});
