import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { drip, type Dripped } from "@watchword/otp-core/testing";
import { timeouts } from "@watchword/process";
import type { FastifyRequest } from "fastify";
import { describe, expect, test } from "vitest";
import { startTestApi } from "./testing/api.fixture.ts";

/** Short ones, so that a test has not to wait for the real ones; they are looked at every 20 ms. */
const short = { headersMs: 150, requestMs: 300, silenceMs: 300, keepAliveMs: 65_000, checkEveryMs: 20 };
const api = await startTestApi({ timeouts: short });
await api.app.listen({ host: "127.0.0.1", port: 0 });
const { port } = api.app.server.address() as AddressInfo;

const head = (fields: string[] = [], first = "POST /v1/verifications HTTP/1.1") =>
  [first, "Host: x", `Authorization: Bearer ${api.key}`, "Content-Type: application/json", ...fields].join("\r\n");

const answerOf = ({ text }: Dripped) => {
  const [fields = "", body = ""] = text.split("\r\n\r\n");
  return { fields, body: JSON.parse(body) as { status: number; code: string } };
};

/** On a machine that is busy besides. */
const WITHIN_MS = 5000;

describe("a peer that takes its time is cut off,", () => {
  test("though it drips its header: 408 as a problem", async () => {
    const ended = await drip(port, "POST /v1/verifications HTTP/1.1\r\nHost: x\r\n", "a: b\r\n");
    expect(ended.ms).toBeLessThan(WITHIN_MS);
    const { fields, body } = answerOf(ended);
    expect(fields).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(fields).toContain("content-type: application/problem+json");
    expect(fields).toContain("cache-control: no-store");
    expect(body).toMatchObject({ status: 408, code: "request_timeout" });
  });

  test("though it drips its body: 408 as a problem, and nothing is begun", async () => {
    const left = await api.created(async () => {
      const ended = await drip(port, `${head(["Content-Length: 10000"])}\r\n\r\n{"to":`, " ");
      expect(ended.ms).toBeLessThan(WITHIN_MS);
      expect(answerOf(ended).body).toMatchObject({ status: 408, code: "request_timeout" });
    });
    expect(left).toEqual([]);
  });

  test("though it drips a chunked body", async () => {
    const ended = await drip(port, `${head(["Transfer-Encoding: chunked"])}\r\n\r\n`, "1\r\n \r\n");
    expect(ended.ms).toBeLessThan(WITHIN_MS);
    expect(answerOf(ended).body).toMatchObject({ status: 408 });
  });

  test("though its key is wrong and the 401 was sent at once", async () => {
    const ended = await drip(
      port,
      "POST /v1/verifications HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n\r\n",
      " ",
    );
    expect(ended.ms).toBeLessThan(WITHIN_MS);
    expect(ended.text).toMatch(/^HTTP\/1\.1 401 /);
  });

  test.each([
    ["says nothing at all", ""],
    ["stops within its header", "GET /healthz HTTP/1.1\r\nHost"],
    ["stops within its body", `${head(["Content-Length: 10"])}\r\n\r\n{`],
  ])("though it %s", async (_what, first) => {
    expect((await drip(port, first)).ms).toBeLessThan(WITHIN_MS);
  });

  test("and none of it is a failure of ours, or leaves what came in the log", async () => {
    await drip(port, "POST /v1/verifications?to=+14155550123 HTTP/1.1\r\nHost: x\r\nx-secret: 987654\r\n", "a: b\r\n");
    expect(api.log()).not.toMatch(/"level":[56]0|987654|4155550123/);
  });
});

test("the real times: 5 s for a header, 10 s for a request, 15 s of silence, looked at every second", () => {
  expect(timeouts).toMatchObject({ headersMs: 5000, requestMs: 10_000, silenceMs: 15_000, checkEveryMs: 1000 });
});

describe("what never becomes a request is refused as a problem:", () => {
  test.each([
    ["headers of 20 KB", head([`x-long: ${"x".repeat(20_000)}`]), 431, "headers_too_large"],
    ["an address of 20 KB", head([], `GET /v1/verifications/${"x".repeat(20_000)} HTTP/1.1`), 431, "headers_too_large"],
    ["no HTTP", "*3\r\n$3\r\nSET", 400, "invalid_request"],
    ["a method of nobody", "STEAL / HTTP/1.1\r\nHost: x", 400, "invalid_request"],
    ["two lengths", head(["Content-Length: 2", "Content-Length: 3"]), 400, "invalid_request"],
    ["a length and chunks", head(["Content-Length: 2", "Transfer-Encoding: chunked"]), 400, "invalid_request"],
    ["a NUL in a header", head(["x-a: \u0000"]), 400, "invalid_request"],
    ["a header without a name", head([": x"]), 400, "invalid_request"],
  ])("%s", async (_what, request, status, code) => {
    const ended = await drip(port, `${request}\r\n\r\n`);
    const { fields, body } = answerOf(ended);
    expect(fields).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(fields).toContain("content-type: application/problem+json");
    expect(fields).toContain("connection: close");
    expect(body).toMatchObject({ status, code, type: `urn:watchword:problem:${code}` });
    expect(ended.text).not.toContain("x".repeat(100));
  });
});

test("an Expect that nobody meets is refused as a problem, and 100-continue is met", async () => {
  const refused = await drip(port, `${head(["Expect: foo", "Content-Length: 2"])}\r\n\r\n{}`);
  const { fields, body } = answerOf(refused);
  expect(fields).toMatch(/^HTTP\/1\.1 417 /);
  for (const field of ["content-type: application/problem+json", "connection: close", "cache-control: no-store"])
    expect(fields.toLowerCase()).toContain(field);
  expect(body).toMatchObject({ status: 417, code: "expectation_failed" });
  const met = await drip(port, `${head(["Expect: 100-continue", "Content-Length: 2", "Connection: close"])}\r\n\r\n{}`);
  expect(met.text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 400 /);
});

describe("the address of a client", () => {
  const addressFor = async (trustedProxies: number | string[] | undefined, forwarded: string, peer: string) => {
    const { app } = await startTestApi({ trustedProxies });
    app.get("/address", (request: FastifyRequest) => ({ ip: request.ip }));
    const answer = await app.inject({
      url: "/address",
      remoteAddress: peer,
      headers: { "x-forwarded-for": forwarded },
    });
    return answer.json<{ ip: string }>().ip;
  };

  test.each<[string, number | string[] | undefined, forwarded: string, peer: string, ip: string]>([
    ["is the peer's, whatever it says, where nobody is trusted", undefined, "203.0.113.9", "10.0.0.1", "10.0.0.1"],
    [
      "is the peer's, whatever it says, where others are trusted",
      ["10.0.0.0/8"],
      "203.0.113.9",
      "198.51.100.7",
      "198.51.100.7",
    ],
    ["is what a trusted proxy says", ["10.0.0.0/8"], "203.0.113.9", "10.0.0.1", "203.0.113.9"],
    [
      "is what the proxy saw, and not what the client told the proxy",
      ["10.0.0.0/8"],
      "127.0.0.1, 203.0.113.9",
      "10.0.0.1",
      "203.0.113.9",
    ],
    ["is behind two trusted proxies", ["10.0.0.0/8", "192.0.2.7"], "203.0.113.9, 192.0.2.7", "10.0.0.1", "203.0.113.9"],
    ["is an IPv4 peer's over IPv6 as well", ["10.0.0.0/8"], "203.0.113.9", "::ffff:10.0.0.1", "203.0.113.9"],
    ["is what the last proxy saw, where there is one", 1, "127.0.0.1, 203.0.113.9", "10.0.0.1", "203.0.113.9"],
    ["is what the first of two proxies saw", 2, "127.0.0.1, 203.0.113.9, 192.0.2.7", "10.0.0.1", "203.0.113.9"],
  ])("%s", async (_what, trusted, forwarded, peer, ip) => {
    expect(await addressFor(trusted, forwarded, peer)).toBe(ip);
  });

  test.each(["not an address", "203.0.113.9\t", "<script>", "٢٠٣.0.113.9", ",,,", "[::1]:80"])(
    "of a trusted proxy that says %j makes nothing fail",
    async (forwarded) => {
      expect(await addressFor(["10.0.0.0/8"], Buffer.from(forwarded).toString("latin1"), "10.0.0.1")).toEqual(
        expect.any(String),
      );
    },
  );
});

test("what arrives on an open connection while the process ends is answered, and the connection closed", async () => {
  const ending = await startTestApi();
  await ending.app.listen({ host: "127.0.0.1", port: 0 });
  const accepted = once(ending.app.server, "connection");
  const socket = connect((ending.app.server.address() as AddressInfo).port, "127.0.0.1");
  let text = "";
  const closed = new Promise((resolve) => socket.setEncoding("latin1").once("close", resolve));
  socket.on("data", (chunk: string) => (text += chunk));
  await accepted;
  const stopped = ending.app.close();
  socket.write(`GET /v1/verifications/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ending.key}\r\n\r\n`);
  await Promise.all([closed, stopped]);
  expect(text).toMatch(/^HTTP\/1\.1 404 /);
  expect(text).toMatch(/^connection: close\r$/im);
  expect(text).toContain('"code":"verification_not_found"');
});
