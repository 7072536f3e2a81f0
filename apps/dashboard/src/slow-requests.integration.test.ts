import type { AddressInfo } from "node:net";
import { drip } from "@watchword/otp-core/testing";
import { describe, expect, test } from "vitest";
import { login, password, startTestDashboard, user } from "./testing/dashboard.fixture.ts";

/** Short ones, so that a test has not to wait for the real ones. */
const short = { headersMs: 150, requestMs: 300, checkEveryMs: 20 };
/** On a machine that is busy besides. */
const WITHIN_MS = 5000;

const { app } = await startTestDashboard({ timeouts: short });
await app.listen({ host: "127.0.0.1", port: 0 });
const { port } = app.server.address() as AddressInfo;

const { authorization } = login(user, password);
const put = (...fields: string[]) =>
  [
    "PUT /api/queues/sms-telnyx/pause HTTP/1.1",
    "Host: x",
    `Authorization: ${authorization}`,
    "Content-Type: application/json",
    ...fields,
    "\r\n",
  ].join("\r\n");

describe("a peer that takes its time is cut off,", () => {
  test.each([
    ["drips its header", "GET / HTTP/1.1\r\nHost: x\r\n", "a: b\r\n"],
    ["drips its body", `${put("Content-Length: 10000")}{`, " "],
    ["drips a chunked body", put("Transfer-Encoding: chunked"), "1\r\n \r\n"],
    ["drips the body of a request without a login", "PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n", " "],
    ["stops within its header", "GET / HTTP/1.1\r\nHost", undefined],
    ["says nothing at all", "", undefined],
  ])("one that %s", async (_what, first, drop) => {
    const ended = await drip(port, first, drop);
    expect(ended.ms).toBeLessThan(WITHIN_MS);
    expect(ended.text).toMatch(/^HTTP\/1\.1 40[18] /);
  });
});

test("a body over 16 KB is refused, and so are headers over 16 KB", async () => {
  const answer = await app.inject({
    method: "PUT",
    url: "/api/queues/sms-telnyx/pause",
    headers: { authorization, "content-type": "application/json" },
    payload: JSON.stringify({ more: "x".repeat(17_000) }),
  });
  expect(answer.statusCode).toBe(413);
  const headers = await drip(port, `GET / HTTP/1.1\r\nHost: x\r\nx-long: ${"x".repeat(20_000)}\r\n\r\n`);
  expect(headers.text).toMatch(/^HTTP\/1\.1 431 /);
});

test("an answer that is long in the making is not cut off", () => {
  expect(app.server.timeout).toBe(0);
});
