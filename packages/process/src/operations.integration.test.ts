import { once } from "node:events";
import { request, type IncomingHttpHeaders } from "node:http";
import { drip, freePort } from "@watchword/otp-core/testing";
import { Counter, Gauge, Registry } from "prom-client";
import { describe, expect, onTestFinished, test } from "vitest";
import { type OperationsAddress, type OperationsDeps, serveOperations } from "./operations.ts";

const TOKEN = "a_token_of_the_tests_of_32_letters";
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "QUERY"];

function someRegistry(): Registry {
  const registry = new Registry();
  new Counter({ name: "seen_total", help: "Seen", registers: [registry] }).inc(42);
  return registry;
}

interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

type Ask = (path: string, options?: { method?: string; headers?: Record<string, string> }) => Promise<Answer>;

async function serve(address: Partial<OperationsAddress>, deps: Partial<OperationsDeps> = {}): Promise<Ask> {
  const port = await freePort();
  onTestFinished(await serveOperations({ host: "127.0.0.1", port, ...address }, { healthy: () => true, ...deps }));
  return async (path, { method = "GET", headers = {} } = {}) => {
    const asked = request({ host: "127.0.0.1", port, path, method, headers }).end();
    const [response] = await once(asked, "response");
    let body = "";
    for await (const chunk of response) body += chunk;
    return { status: response.statusCode, headers: response.headers, body };
  };
}

describe("GET /healthz", () => {
  test("200 while the process is healthy, else 503", async () => {
    let healthy = true;
    const ask = await serve({}, { healthy: () => healthy });
    expect(await ask("/healthz")).toMatchObject({ status: 200, body: '{"status":"ok"}' });
    healthy = false;
    expect(await ask("/healthz")).toMatchObject({ status: 503, body: '{"status":"unavailable"}' });
  });

  test("wants no token", async () => {
    const ask = await serve({ host: "0.0.0.0", token: TOKEN }, { registry: someRegistry() });
    expect((await ask("/healthz")).status).toBe(200);
  });
});

describe("GET /metrics", () => {
  test("200 with the registry as Prometheus reads it", async () => {
    const { status, headers, body } = await (await serve({}, { registry: someRegistry() }))("/metrics");
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(headers["cache-control"]).toBe("no-store");
    expect(body).toContain("seen_total 42");
  });

  test("404 in a process that has none", async () => {
    expect((await (await serve({}))("/metrics")).status).toBe(404);
  });

  test("500 without a word on why where they cannot be collected", async () => {
    const registry = new Registry();
    const collect = () => Promise.reject(new Error("PRIVATE"));
    registry.registerMetric(new Gauge({ name: "broken", help: "Broken", registers: [], collect }));
    const { status, body } = await (await serve({}, { registry }))("/metrics");
    expect(status).toBe(500);
    expect(body).not.toContain("PRIVATE");
  });
});

describe("401 for every method of /metrics, and no data,", () => {
  const wrongLogins: [why: string, headers: Record<string, string>][] = [
    ["without a token", {}],
    ["with another token", { authorization: `Bearer ${TOKEN.replace("a", "b")}` }],
    ["with the start of the token", { authorization: `Bearer ${TOKEN.slice(0, -1)}` }],
    ["with the token and more", { authorization: `Bearer ${TOKEN}x` }],
    ["with an empty token", { authorization: "Bearer " }],
    ["with another scheme", { authorization: `Basic ${TOKEN}` }],
    ["with the token alone", { authorization: TOKEN }],
    ["with the token as a cookie", { cookie: `token=${TOKEN}` }],
  ];

  test.each(wrongLogins)("%s", async (_why, headers) => {
    const ask = await serve({ token: TOKEN }, { registry: someRegistry() });
    for (const method of methods) {
      for (const path of ["/metrics", `/metrics?token=${TOKEN}`]) {
        const answer = await ask(path, { method, headers });
        expect(answer.status, method).toBe(401);
        expect(answer.headers["www-authenticate"]).toBe("Bearer");
        expect(answer.body).not.toContain("seen");
      }
    }
  });

  test("where none is set and others can reach the port, whatever is sent", async () => {
    const ask = await serve({ host: "0.0.0.0" }, { registry: someRegistry() });
    for (const method of methods) {
      for (const authorization of ["", "Bearer ", "Bearer undefined", `Bearer ${TOKEN}`]) {
        expect((await ask("/metrics", { method, headers: { authorization } })).status).toBe(401);
      }
    }
  });
});

describe("with the token", () => {
  const headers = { authorization: `Bearer ${TOKEN}` };

  test.each(["127.0.0.1", "0.0.0.0"])("200 on %s", async (host) => {
    const ask = await serve({ host, token: TOKEN }, { registry: someRegistry() });
    expect((await ask("/metrics", { headers })).body).toContain("seen_total 42");
    const head = await ask("/metrics", { method: "HEAD", headers });
    expect([head.status, head.body]).toEqual([200, ""]);
  });

  test("405 for other methods, and no data", async () => {
    const ask = await serve({ token: TOKEN }, { registry: someRegistry() });
    for (const method of methods.slice(2)) {
      const answer = await ask("/metrics", { method, headers });
      expect([answer.status, answer.headers["allow"]], method).toEqual([405, "GET, HEAD"]);
      expect(answer.body).not.toContain("seen");
    }
  });
});

test("404 for all else", async () => {
  const ask = await serve({}, { registry: someRegistry() });
  for (const path of ["/", "/healthz/x", "/metrics/", "/Metrics", "//metrics", "/%6detrics", "/metrics/../x"]) {
    expect((await ask(path)).status, path).toBe(404);
  }
});

test("a port that is taken keeps a process from starting", async () => {
  const port = await freePort();
  const address = { host: "127.0.0.1", port };
  onTestFinished(await serveOperations(address, { healthy: () => true }));
  await expect(serveOperations(address, { healthy: () => true })).rejects.toThrow("EADDRINUSE");
});

describe("a peer that takes its time is cut off,", () => {
  const timeouts = { headersMs: 150, requestMs: 300, silenceMs: 300, checkEveryMs: 20 };
  /** On a machine that is busy besides. */
  const WITHIN_MS = 5000;

  test.each([
    ["drips its header", "GET /healthz HTTP/1.1\r\nHost: x\r\n", "a: b\r\n"],
    ["drips its body", "POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n", " "],
    ["stops within its header", "GET /healthz HTTP/1.1\r\nHost", undefined],
    ["says nothing at all", "", undefined],
  ])("one that %s", async (_what, first, drop) => {
    const port = await freePort();
    const address = { host: "127.0.0.1", port };
    onTestFinished(await serveOperations(address, { healthy: () => true, timeouts }));
    expect((await drip(port, first, drop)).ms).toBeLessThan(WITHIN_MS);
  });
});
