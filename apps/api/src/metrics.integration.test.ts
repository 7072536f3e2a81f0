import { generateKeyPairSync } from "node:crypto";
import { randomNumber } from "@watchword/otp-core/testing";
import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { createApiMetrics } from "./metrics.ts";
import { startTestApi } from "./testing/api.fixture.ts";
import { messageEvent, signed } from "./testing/telnyx-webhook.fixture.ts";

const registry = new Registry();
// Ten digits: a code of six is found by chance among times.
const api = await startTestApi({ settings: { codeLength: 10 }, metrics: createApiMetrics(registry) });
const { app, get, key, post, wrong } = api;

/** Every value there is, by its name with its labels. */
async function values(of = registry): Promise<Map<string, number>> {
  const lines = (await of.metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(" ");
      return [line.slice("watchword_".length, end), Number(line.slice(end + 1))];
    }),
  );
}

/** What the action added to the counters. */
async function counted(action: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await values();
  await action();
  const added = [...(await values())].map(([name, value]) => [name, value - (before.get(name) ?? 0)] as const);
  return Object.fromEntries(added.filter(([name, value]) => value !== 0 && !name.startsWith("http_")));
}

const created = expect.stringMatching(/^verifications_started_total\{channel="sms",country="(US|unknown)"\}$/);
const refusal = (code: string, policy = "") => ({ [`refusals_total{code="${code}",policy="${policy}"}`]: 1 });
const check = (result: string, more = {}) => ({ [`checks_total{result="${result}"}`]: 1, ...more });
const finished = (status: string) => ({ [`verifications_finished_total{status="${status}"}`]: 1 });
const webhook = (result: string) => ({ [`webhooks_total{carrier="telnyx",result="${result}"}`]: 1 });

describe("a verification is counted", () => {
  test.each([
    ["/v1/verifications", "to"],
    ["/auth/request-otp", "phone_number"],
  ])("once when %s creates it, and not again while it is pending", async (url, field) => {
    const body = { [field]: randomNumber() };
    expect(Object.keys(await counted(() => post(url, body)))).toEqual([created]);
    expect(await counted(() => post(url, body))).toEqual({});
    const { id } = (await post("/v1/verifications", { to: body[field] })).json<{ id: string }>();
    await api.core.age(id, 60);
    expect(await counted(() => post(url, body))).toEqual({});
    expect((await get(`/v1/verifications/${id}`)).json<{ deliveries: unknown[] }>().deliveries).toHaveLength(2);
  });

  test("as approved by its right code, by id, by number and in the two-endpoint form; then it is over", async () => {
    const [one, two, three] = [await api.start(), await api.start(), await api.start()];
    const byId = () => post(`/v1/verifications/${one.id}/check`, { code: one.code });
    const byNumber = () => post("/v1/verifications/check", { to: two.to, code: two.code });
    const twoEndpoints = () => post("/auth/verify-otp", { phone_number: three.to, otp: three.code });
    for (const ask of [byId, byNumber, twoEndpoints]) {
      expect(await counted(ask)).toEqual(check("right", finished("approved")));
      expect(await counted(ask)).toEqual(check("over"));
    }
  });

  test("as failed by the last wrong code", async () => {
    const { id, code } = await api.start();
    const guess = () => post(`/v1/verifications/${id}/check`, { code: wrong(code) });
    expect(await counted(guess)).toEqual(check("wrong"));
    expect(await counted(guess)).toEqual(check("wrong"));
    expect(await counted(guess)).toEqual(check("wrong", finished("failed")));
  });

  test("as failed once, however often it is checked after that", async () => {
    const own = new Registry();
    const metrics = createApiMetrics(own);
    const checked = { id: "vf_1", status: "failed", valid: false, attemptsRemaining: 0 } as const;
    metrics.checked(Object.assign({ evaluated: true }, checked));
    metrics.checked(Object.assign({ evaluated: false }, checked));
    const all = await values(own);
    expect(all.get('verifications_finished_total{status="failed"}')).toBe(1);
    expect([all.get('checks_total{result="wrong"}'), all.get('checks_total{result="over"}')]).toEqual([1, 1]);
  });

  test("as canceled", async () => {
    const { id } = await api.start();
    const cancel = () => post(`/v1/verifications/${id}/cancel`);
    expect(await counted(cancel)).toEqual(finished("canceled"));
    expect(await counted(cancel)).toEqual(refusal("verification_not_pending"));
  });
});

describe("a refusal is counted by its code", () => {
  test.each<[code: string, url: string, body: object | string, headers?: Record<string, string>]>([
    ["unauthorized", "/v1/verifications", {}, { authorization: "Bearer guess" }],
    ["unauthorized", "/auth/request-otp", {}, { authorization: "Bearer guess" }],
    ["invalid_phone_number", "/v1/verifications", { to: "+1415" }],
    ["invalid_phone_number", "/auth/request-otp", { phone_number: "+1415" }],
    ["invalid_request", "/v1/verifications", "{"],
    ["invalid_request", "/v1/verifications", { to: 1 }],
    ["invalid_request", "/v1/verifications/%zz/check", {}],
    ["not_found", "/v1/nothing", {}],
    ["payload_too_large", "/v1/verifications", { to: "1".repeat(20_000) }],
    ["unsupported_media_type", "/v1/verifications", "to=1", { "content-type": "text/plain" }],
    ["verification_not_found", "/v1/verifications/vf_1/check", { code: "123456" }],
  ])("%s of %s", async (code, url, body, headers) => {
    expect(await counted(() => post(url, body, headers))).toEqual(refusal(code));
  });

  test("and the policy that was reached", async () => {
    const { id, to } = await api.start();
    const resend = () => post(`/v1/verifications/${id}/resend`);
    expect(await counted(resend)).toEqual(refusal("resend_too_soon", "resend-gap"));
    for (let i = 1; i < 5; i++) await post("/v1/verifications", { to });
    expect(await counted(() => post("/v1/verifications", { to }))).toEqual(refusal("too_many_requests", "number-15m"));
  });
});

describe("a webhook is counted as", () => {
  const receive = (deliveryId: string, payload: string, headers = signed(payload)) =>
    counted(() => app.inject({ method: "POST", url: `/webhooks/telnyx/${deliveryId}`, payload, headers }));
  const stranger = generateKeyPairSync("ed25519").privateKey;

  test("accepted, unsupported, unknown_delivery, malformed or bad_signature", async () => {
    const { to, deliveryId } = await api.start();
    const event = messageEvent(to);
    expect(await receive(deliveryId, event)).toEqual(webhook("accepted"));
    expect(await receive(deliveryId, messageEvent(to, { type: "message.received" }))).toEqual(webhook("unsupported"));
    expect(await receive(to, event)).toEqual(webhook("unknown_delivery"));
    expect(await receive(deliveryId, "{")).toEqual(webhook("malformed"));
    expect(await receive(deliveryId, event, {})).toEqual(webhook("bad_signature"));
    expect(await receive(deliveryId, event, signed(event, { by: stranger }))).toEqual(webhook("bad_signature"));
    expect(await receive(deliveryId, event, signed(event, { age: 3600 }))).toEqual(webhook("bad_signature"));
  });
});

describe("the time of a request", () => {
  const count = async (labels: string) => (await values()).get(`http_request_duration_seconds_count{${labels}}`) ?? 0;

  test.each([
    ["POST", "/v1/verifications/vf_1/check", "/v1/verifications/:id/check", 404],
    ["GET", "/v1/verifications/vf_2", "/v1/verifications/:id", 404],
    ["HEAD", "/healthz", "/healthz", 200],
    ["POST", "/webhooks/telnyx/dl_1", "/webhooks/telnyx/:delivery_id", 401],
    ["GET", "/nobody/knows/this", "none", 404],
  ] as const)("%s %s is kept under its route's pattern and status", async (method, url, route, status) => {
    const labels = `method="${method}",route="${route}",status="${status}"`;
    const before = await count(labels);
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    await app.inject({ method, url, headers, ...(method === "POST" && { payload: { code: "1" } }) });
    expect(await count(labels)).toBe(before + 1);
  });

  test("has few methods, whatever is sent", async () => {
    for (const method of ["TRACE", "PROPFIND", "MKCOL", "REPORT"]) {
      await app.inject({ method: method as "TRACE", url: "/v1/verifications" });
    }
    const labels = [...(await values()).keys()].join("\n");
    expect(labels).toContain('method="other",route="none",status="401"');
    expect(labels).not.toMatch(/TRACE|PROPFIND|MKCOL|REPORT/);
  });
});

test("no metric holds a number, code, id, key, token or text of a caller, whatever is asked for", async () => {
  const { to, id, deliveryId, code } = await api.start({ metadata: { note: "PRIVATE" } });
  const digits = to.slice(1);
  await post("/v1/verifications", { to, channel: "PRIVATE", [digits]: to });
  await post(`/v1/verifications?to=${digits}`, `{"to":"${to}`);
  await post("/v1/verifications/check", { to, code: wrong(code) });
  await get(`/v1/verifications/${to}`);
  await get(`/v1/${to}`);
  await get(`/%zz${digits}`);
  await post(`/v1/verifications/${digits}/check`, { code });
  await app.inject({ url: `/v1/verifications/${id}?key=${key}`, headers: { authorization: "Bearer PRIVATE" } });
  await app.inject({ method: "POST", url: `/webhooks/telnyx/${to}`, payload: code, headers: {} });
  const { token } = (await post(`/v1/verifications/${id}/check`, { code })).json<{ token: string }>();
  const text = await registry.metrics();
  const bare = (prefixed: string) => prefixed.slice(3, 19);
  for (const hidden of [digits, code, wrong(code), bare(id), bare(deliveryId), key, token, "PRIVATE"]) {
    expect(text).not.toContain(hidden);
  }
});
