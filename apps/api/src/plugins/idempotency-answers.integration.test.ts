import { WatchwordError } from "@watchword/otp-core";
import { createTestCore, randomNumber } from "@watchword/otp-core/testing";
import { describe, expect, test } from "vitest";
import { expectProblem, startTestApi } from "../testing/api.fixture.ts";
import { expectReplay, newKey, wasReplayed } from "../testing/idempotency.fixture.ts";
import { hostileBodies } from "../testing/hostile.fixture.ts";

const plain = await createTestCore({ applicationId: `test-${randomNumber()}`, settings: { allowedCountries: ["US"] } });
/** What is wrong with the queue for now. */
let refusal: (() => never) | undefined;
let failure: (() => never) | undefined;
const api = await startTestApi({
  core: {
    ...plain,
    admission: { waitMs: () => 0, check: () => refusal?.() },
    queue: {
      ...plain.queue,
      add: async (...work) => {
        failure?.();
        await plain.queue.add(...work);
      },
    },
  },
});
const { post } = api;
const unknownId = `vf_${"A".repeat(32)}`;

describe("a refusal that would be the same again is kept:", () => {
  test.each([
    ["403 unsupported_destination", "/v1/verifications", { to: "+447400123456" }, 403, "unsupported_destination"],
    ["404 verification_not_found", `/v1/verifications/${unknownId}/cancel`, {}, 404, "verification_not_found"],
  ])("%s", async (_name, url, body, status, code) => {
    const key = newKey();
    const first = await post(url, body, key);
    expectProblem(first, status, code);
    expectReplay(first, await post(url, body, key));
  });

  test("404 by number, even where there is a verification by now", async () => {
    const [key, to] = [newKey(), randomNumber()];
    const body = { to, code: "123456" };
    const first = await post("/v1/verifications/check", body, key);
    expectProblem(first, 404, "verification_not_found");
    await post("/v1/verifications", { to });
    expectReplay(first, await post("/v1/verifications/check", body, key));
  });

  test("409 verification_not_pending", async () => {
    const key = newKey();
    const { id } = await api.start();
    await post(`/v1/verifications/${id}/cancel`);
    const first = await post(`/v1/verifications/${id}/resend`, {}, key);
    expectProblem(first, 409, "verification_not_pending");
    expectReplay(first, await post(`/v1/verifications/${id}/resend`, {}, key));
  });
});

describe("a refusal that passes is not kept, and the same request can succeed:", () => {
  test("429 resend_too_soon, once the gap has passed", async () => {
    const key = newKey();
    const { id } = await api.start();
    const url = `/v1/verifications/${id}/resend`;
    for (let i = 0; i < 3; i++) expectProblem(await post(url, {}, key), 429, "resend_too_soon");
    await api.core.age(id, 30);
    const resent = await post(url, {}, key);
    expect([resent.statusCode, wasReplayed(resent)]).toEqual([202, false]);
    expectReplay(resent, await post(url, {}, key));
  });

  test("429 too_many_requests, once the window has passed", async () => {
    const key = newKey();
    const { to, id } = await api.start();
    for (let i = 0; i < 4; i++) await post("/v1/verifications", { to });
    expectProblem(await post("/v1/verifications", { to }, key), 429, "too_many_requests");
    await api.core.age(id, 900);
    const started = await post("/v1/verifications", { to }, key);
    expect([started.statusCode, wasReplayed(started)]).toEqual([202, false]);
  });

  test("503 unavailable, once the queue is short enough", async () => {
    const [key, to] = [newKey(), randomNumber()];
    refusal = () => {
      throw new WatchwordError("unavailable", "The queue is too long: try again.", { retryAfterSeconds: 5 });
    };
    expectProblem(await post("/v1/verifications", { to }, key), 503, "unavailable");
    refusal = undefined;
    expect((await post("/v1/verifications", { to }, key)).statusCode).toBe(202);
  });

  test("500, and what the first one began is gone on with", async () => {
    const [key, to] = [newKey(), randomNumber()];
    failure = () => {
      throw new Error("the queue is broken");
    };
    expectProblem(await post("/v1/verifications", { to }, key), 500, "internal_error");
    failure = undefined;
    const again = await post("/v1/verifications", { to }, key);
    expect([again.statusCode, wasReplayed(again)]).toEqual([200, false]);
    expect(again.json()).toMatchObject({ status: "pending", deliveries: [{ status: "queued" }] });
  });

  test("another request may have the key that a 429 has let go of", async () => {
    const key = newKey();
    const { id } = await api.start();
    expectProblem(await post(`/v1/verifications/${id}/resend`, {}, key), 429, "resend_too_soon");
    expect((await post("/v1/verifications", { to: randomNumber() }, key)).statusCode).toBe(202);
  });
});

describe("a request that is malformed holds no key:", () => {
  test.each([
    ["a field is wrong", '{"to":1}', 400, "invalid_request"],
    ["a field does not exist", '{"number":"+14155550123"}', 400, "invalid_request"],
    ["it is no JSON", "{", 400, "invalid_request"],
    ["the number is none", '{"to":"x"}', 400, "invalid_phone_number"],
    ["the number is too short", '{"to":"+1415555"}', 400, "invalid_phone_number"],
    ["the address is none", '{"to":"+14155550123","client_ip":"x"}', 400, "invalid_request"],
    ["a code may not be brought", '{"to":"+14155550123","code":"123456"}', 400, "invalid_request"],
    ["it is too large", `{"to":"${"1".repeat(20_000)}"}`, 413, "payload_too_large"],
  ])("where %s, and the mended one is carried out under it", async (_name, body, status, code) => {
    const key = newKey();
    const left = await api.created(async () => {
      for (let i = 0; i < 2; i++) {
        const refused = await post("/v1/verifications", body, key);
        expectProblem(refused, status, code);
        expect(wasReplayed(refused)).toBe(false);
      }
    });
    expect(left).toEqual([]);
    const mended = await post("/v1/verifications", { to: randomNumber() }, key);
    expect([mended.statusCode, wasReplayed(mended)]).toEqual([202, false]);
  });

  test("no hostile body with a key is answered 5xx, and none begins anything", async () => {
    const left = await api.created(async () => {
      for (const payload of hostileBodies("to", "metadata")) {
        const headers = { authorization: `Bearer ${api.key}`, "content-type": "application/json", ...newKey() };
        const answer = await api.app.inject({ method: "POST", url: "/v1/verifications", payload, headers });
        expect([400, 413]).toContain(answer.statusCode);
      }
    });
    expect(left.filter((name) => !name.endsWith(":request"))).toEqual([]);
  });
});
