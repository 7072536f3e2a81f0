import { once } from "node:events";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { randomNumber } from "@watchword/otp-core/testing";
import { describe, expect, test } from "vitest";
import { expectProblem, startTestApi } from "../testing/api.fixture.ts";

const api = await startTestApi();
const { app, key } = api;

const id = `vf_${"A".repeat(32)}`;
const v1: [method: "GET" | "POST", url: string][] = [
  ["POST", "/v1/verifications"],
  ["POST", "/v1/verifications/check"],
  ["POST", `/v1/verifications/${id}/check`],
  ["POST", `/v1/verifications/${id}/resend`],
  ["POST", `/v1/verifications/${id}/cancel`],
  ["GET", `/v1/verifications/${id}`],
];
const auth: typeof v1 = [
  ["POST", "/auth/request-otp"],
  ["POST", "/auth/verify-otp"],
];

const wrongHeaders: [why: string, headers: Record<string, string>][] = [
  ["no key", {}],
  ["a wrong key", { authorization: "Bearer wrong" }],
  ["an empty key", { authorization: "Bearer " }],
  ["the key without a scheme", { authorization: key }],
  ["another scheme", { authorization: `Basic ${key}` }],
  ["another scheme, encoded", { authorization: `Basic ${Buffer.from(`${key}:`).toString("base64")}` }],
  ["the key and more", { authorization: `Bearer ${key}x` }],
  ["less than the key", { authorization: `Bearer ${key.slice(0, -1)}` }],
  ["the key in another case", { authorization: `Bearer ${key.toUpperCase()}` }],
  ["the key after a comma", { authorization: `Bearer x, Bearer ${key}` }],
  ["the key under another name", { "x-api-key": key, "proxy-authorization": `Bearer ${key}` }],
  ["the key as a cookie", { cookie: `authorization=Bearer ${key}; api_key=${key}` }],
  ["a key of 100,000 characters", { authorization: `Bearer ${"k".repeat(100_000)}` }],
];

describe("401 before the body is read, and nothing is begun,", () => {
  test.each(wrongHeaders)("for %s", async (_why, headers) => {
    // A body that would be refused otherwise: 413 or 400 would tell that it was read.
    const payload = `{"to":"${randomNumber()}"`.padEnd(1_000_000);
    const left = await api.created(async () => {
      for (const [method, url] of [...v1, ...auth]) {
        const answer = await app.inject({
          method,
          url,
          headers: { "content-type": "application/json", ...headers },
          ...(method === "POST" && { payload }),
        });
        expect(answer.headers["www-authenticate"]).toBe("Bearer");
        if (url.startsWith("/v1")) expectProblem(answer, 401, "unauthorized");
        else expect([answer.statusCode, answer.json()]).toEqual([401, { error: expect.any(String) }]);
        expect(answer.body).not.toContain(key);
      }
    });
    expect(left).toEqual([]);
  });

  test.each(["key", "api_key", "access_token", "authorization"])("for the key in the query as %s", async (name) => {
    for (const [method, url] of [...v1, ...auth]) {
      const answer = await app.inject({ method, url: `${url}?${name}=${key}`, payload: {} });
      expect(answer.statusCode).toBe(401);
    }
  });

  test("although the body never comes", async () => {
    await app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const headers = { "content-type": "application/json", "content-length": "1000", authorization: "Bearer wrong" };
    const call = request({ host: "127.0.0.1", port, method: "POST", path: "/v1/verifications", headers });
    call.on("error", () => undefined).flushHeaders();
    const [response] = (await once(call, "response")) as [{ statusCode: number }];
    call.destroy();
    expect(response.statusCode).toBe(401);
  });
});

describe("the key is accepted", () => {
  test.each(["Bearer", "bearer", "BEARER", "Bearer  "])("after %s", async (scheme) => {
    const headers = { authorization: `${scheme} ${key}` };
    expectProblem(await app.inject({ url: `/v1/verifications/${id}`, headers }), 404, "verification_not_found");
  });
});
