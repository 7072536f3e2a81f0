import { once } from "node:events";
import { type ClientRequest, request } from "node:http";
import type { AddressInfo } from "node:net";
import { hashApiKey, makeApiKey } from "@watchword/config";
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

/** Sends the headers of a verification's start, and leaves the body to be sent. */
async function begin(key: string, more: Record<string, string | number> = {}): Promise<ClientRequest> {
  if (!app.server.listening) await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const headers = { "content-type": "application/json", authorization: `Bearer ${key}`, ...more };
  const call = request({ host: "127.0.0.1", port, method: "POST", path: "/v1/verifications", headers });
  call.on("error", () => undefined).flushHeaders();
  return call;
}

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
    const call = await begin("wrong", { "content-length": 1000 });
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

describe("the keys of an application are", () => {
  const application = { ...api.core.application, id: "rotating" };
  const [oldKey, newKey] = [makeApiKey(), makeApiKey()];
  const use = (...keys: string[]) => api.use([{ ...application, keyHashes: keys.map(hashApiKey) }]);
  const statusWith = async (key: string, url = `/v1/verifications/${id}`) =>
    (await app.inject({ url, headers: { authorization: `Bearer ${key}` } })).statusCode;

  test("all of them while they are rotated, and what one of them began the other one sees", async () => {
    use(oldKey, newKey);
    const started = await api.post("/v1/verifications", { to: randomNumber() }, { authorization: `Bearer ${oldKey}` });
    const url = `/v1/verifications/${started.json<{ id: string }>().id}`;
    expect(await statusWith(newKey, url)).toBe(200);
    expect(await statusWith(key, url)).toBe(404);
  });

  test("those of the last reload: no request is refused on the way from the old one to the new one", async () => {
    for (const [keys, accepted] of [
      [[oldKey], [oldKey]],
      [
        [oldKey, newKey],
        [oldKey, newKey],
      ],
      [[newKey], [newKey]],
      [[], []],
    ] as const) {
      use(...keys);
      for (const each of [oldKey, newKey])
        expect(await statusWith(each)).toBe((accepted as readonly string[]).includes(each) ? 404 : 401);
    }
    expect(await statusWith(key)).toBe(404);
  });

  test("taken away from no request that is at hand", async () => {
    use(oldKey);
    const call = await begin(oldKey, { expect: "100-continue" });
    await once(call, "continue"); // the request was taken: its key has been looked at
    use(newKey);
    call.end(JSON.stringify({ to: randomNumber() }));
    const [response] = (await once(call, "response")) as [{ statusCode: number }];
    call.destroy();
    expect(response.statusCode).toBe(202);
    expect(await statusWith(oldKey)).toBe(401);
  });
});

test("a missing, a malformed and an unknown key, and the hash of a known one, are answered alike", async () => {
  const answers = await Promise.all(
    [undefined, "", "Bearer", "Bearer two words", `Bearer ${makeApiKey()}`, `Bearer ${hashApiKey(key)}`].map(
      async (authorization) => {
        const { statusCode, body, headers } = await app.inject({
          url: `/v1/verifications/${id}`,
          headers: { ...(authorization !== undefined && { authorization }) },
        });
        return { statusCode, body, challenge: headers["www-authenticate"] };
      },
    ),
  );
  expect(answers[0]).toMatchObject({ statusCode: 401, challenge: "Bearer" });
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
});
