import { applyReceipt, claimDelivery, settleDelivery } from "@watchword/otp-core";
import { randomNumber } from "@watchword/otp-core/testing";
import { describe, expect, test } from "vitest";
import { type Answer, startTestApi } from "./testing/api.fixture.ts";
import { readDocument } from "./testing/documented.fixture.ts";

const workflow = [
  { channel: "sms", carrier: "telnyx", patienceSeconds: 30 },
  { channel: "call", carrier: "telnyx", patienceSeconds: 30 },
] as const;
const api = await startTestApi({ settings: { workflow } });
const { app, core, get, post } = api;
const { operations, operation, examples, expectAnswer } = await readDocument(app);

/** Names and kinds of all fields, of a list those of its entries: what of two answers has to be alike. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, shape(field)]));
}

/** What is the same in every answer of its kind: not an id, a number, a time or a token. */
function words(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (name, field: unknown) =>
      /^(id|to|x|kid|token|session_token|message_id|expires_in_seconds|carrier_id|.*_at)$/.test(name) ? null : field,
    ),
  ) as unknown;
}

async function claim(deliveryId: string) {
  const claimed = await claimDelivery(core, deliveryId);
  if (claimed.outcome !== "send") throw new Error(`${deliveryId} was to be sent, and is ${claimed.outcome}`);
  return claimed.ref;
}

/** A verification whose message has arrived. */
async function delivered() {
  const started = await api.start({ metadata: { user_id: "42" } });
  const carrierId = crypto.randomUUID();
  await settleDelivery(core, await claim(started.deliveryId), { outcome: "sent", carrierId });
  await applyReceipt(core, { deliveryId: started.deliveryId, status: "delivered", reason: null, carrierId });
  return started;
}

const check = (id: string, code: string) => post(`/v1/verifications/${id}/check`, { code });
const sent = (operationId: string, name: string) =>
  operation(operationId).requestBody?.content["application/json"].examples[name]?.value as object;

/** How each documented answer comes about, by operation, status and the example's name. */
const answers: Record<string, Record<string, () => Promise<Answer>>> = {
  startVerification: {
    "202 started": () => post("/v1/verifications", { to: randomNumber(), metadata: { user_id: "42" } }),
    async "200 pending"() {
      const { to } = await delivered();
      return post("/v1/verifications", { to });
    },
  },
  checkVerification: {
    async "200 right"() {
      const { id, code } = await api.start();
      return check(id, code);
    },
    async "200 wrong"() {
      const { id, code } = await api.start();
      return check(id, api.wrong(code));
    },
    async "200 last"() {
      const { id, code } = await api.start();
      await check(id, api.wrong(code));
      await check(id, api.wrong(code));
      return check(id, api.wrong(code));
    },
    async "200 late"() {
      const { id, code } = await api.start();
      await core.age(id, 300);
      return check(id, code);
    },
  },
  checkNumber: {
    async "200 right"() {
      const { to, code } = await api.start();
      return post("/v1/verifications/check", { to, code });
    },
    async "200 wrong"() {
      const { to, code } = await api.start();
      return post("/v1/verifications/check", { to, code: api.wrong(code) });
    },
    async "200 last"() {
      const { id, to, code } = await api.start();
      await check(id, api.wrong(code));
      await check(id, api.wrong(code));
      return post("/v1/verifications/check", { to, code: api.wrong(code) });
    },
    async "200 late"() {
      const { id, to, code } = await api.start();
      await core.age(id, 300);
      return post("/v1/verifications/check", { to, code });
    },
  },
  resendVerification: {
    async "202 resent"() {
      const { id } = await delivered();
      await core.age(id, 30);
      return post(`/v1/verifications/${id}/resend`, sent("resendVerification", "sms"));
    },
  },
  cancelVerification: {
    async "200 canceled"() {
      const { id } = await api.start({ metadata: { user_id: "42" } });
      return post(`/v1/verifications/${id}/cancel`, sent("cancelVerification", "nothing"));
    },
  },
  readVerification: {
    async "200 approved"() {
      const { id, code } = await delivered();
      await check(id, code);
      return get(`/v1/verifications/${id}`);
    },
    async "200 calling"() {
      const { id, deliveryId } = await api.start({ metadata: { user_id: "42" } });
      const reason = { reason: "landline", carrierCode: "40001" };
      await settleDelivery(core, await claim(deliveryId), { outcome: "failed", ...reason });
      await claim(deliveryId.replace(/_1$/, "_2"));
      return get(`/v1/verifications/${id}`);
    },
  },
  requestOtp: {
    "202 sent": () => post("/auth/request-otp", { phone_number: randomNumber() }),
    async "200 waiting"() {
      const { to } = await api.start();
      return post("/auth/request-otp", { phoneNumber: to });
    },
  },
  verifyOtp: {
    async "200 right"() {
      const { to, code } = await api.start();
      return post("/auth/verify-otp", { phone_number: to, otp: code });
    },
    async "401 wrong"() {
      const { to, code } = await api.start();
      return post("/auth/verify-otp", { phone_number: to, otp: api.wrong(code) });
    },
  },
  eraseVerification: {},
  eraseNumber: {},
  readKeys: { "200 one": () => get("/.well-known/jwks.json") },
  readLiveness: { "200 ok": () => get("/healthz") },
  readHealth: { "200 ok": () => get("/health") },
  readReadiness: { "200 ok": () => get("/readyz") },
};

test("each documented answer that is no refusal is tried here", () => {
  const documented = [...operations].map(([id, { responses }]) => [
    id,
    Object.entries(responses)
      .filter(([status]) => Number(status) < 400 || (id === "verifyOtp" && status === "401"))
      .flatMap(([status]) => Object.keys(examples(id, Number(status))).map((name) => `${status} ${name}`))
      .filter((name) => !name.endsWith("unauthorized"))
      .toSorted(),
  ]);
  const tried = Object.entries(answers).map(([id, cases]) => [id, Object.keys(cases).toSorted()]);
  expect(Object.fromEntries(tried)).toEqual(Object.fromEntries(documented));
});

describe.each(Object.entries(answers).filter(([, cases]) => Object.keys(cases).length > 0))(
  "%s",
  (operationId, cases) => {
    test.each(Object.entries(cases))("%s: is what the service answers", async (named, call) => {
      const [status, name = ""] = named.split(" ");
      const answer = await call();
      expect(answer.statusCode, answer.body).toBe(Number(status));
      expectAnswer(answer, operationId);
      const example = examples(operationId, answer.statusCode)[name]?.value;
      expect(shape(example)).toEqual(shape(answer.json()));
      expect(words(example)).toEqual(words(answer.json()));
    });
  },
);

test("204 eraseVerification and eraseNumber: have no body", async () => {
  const { id, to } = await api.start();
  const erased = await api.delete(`/v1/verifications/${id}`);
  expectAnswer(erased, "eraseVerification");
  const number = await api.delete(`/v1/numbers/${to}`);
  expectAnswer(number, "eraseNumber");
  expect([erased.statusCode, number.statusCode]).toEqual([204, 204]);
});

test("what is given again says so, as documented", async () => {
  const headers = { "idempotency-key": crypto.randomUUID() };
  const body = { to: randomNumber() };
  await post("/v1/verifications", body, headers);
  const again = await post("/v1/verifications", body, headers);
  expect(again.headers["idempotency-replayed"]).toBe("true");
  expectAnswer(again, "startVerification");
});

describe("a documented body", () => {
  test.each(["number", "everything", "payment"])("of startVerification, %s, starts one", async (name) => {
    const answer = await post("/v1/verifications", { ...sent("startVerification", name), to: randomNumber() });
    expect(answer.statusCode, answer.body).toBe(202);
    expectAnswer(answer, "startVerification");
  });

  test("the number is one that people may write", async () => {
    const answer = await post("/v1/verifications", sent("startVerification", "number"));
    expect([200, 202, 429]).toContain(answer.statusCode);
    expectAnswer(answer, "startVerification");
  });

  test.each(["code", "typed", "payment"])("of checkVerification, %s, is read as a code", async (name) => {
    const { id } = await api.start();
    expectAnswer(await post(`/v1/verifications/${id}/check`, sent("checkVerification", name)), "checkVerification");
  });

  test("of resendVerification, call, calls", async () => {
    const { id } = await api.start();
    await core.age(id, 30);
    const answer = await post(`/v1/verifications/${id}/resend`, sent("resendVerification", "call"));
    expect(answer.statusCode, answer.body).toBe(202);
    expectAnswer(answer, "resendVerification");
  });
});
