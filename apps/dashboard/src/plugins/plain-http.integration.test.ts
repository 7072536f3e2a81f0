import { describe, expect, test } from "vitest";
import { login, newAddress, password, startTestDashboard, user } from "../testing/dashboard.fixture.ts";

type Headers = Record<string, string>;

const proxy = "192.0.2.7";
const direct = await startTestDashboard({ production: true });
const proxied = await startTestDashboard({ production: true, trustedProxies: [proxy] });
const counted = await startTestDashboard({ production: true, trustedProxies: 1 });
const development = await startTestDashboard();

const host = "dashboard.example.com";
const overTls = { host, "x-forwarded-proto": "https" };
const get = ({ app }: typeof direct, headers: Headers, remoteAddress = newAddress()) =>
  app.inject({ url: "/api/queues", headers: { ...login(user, password), ...headers }, remoteAddress });

describe("in production, over plain HTTP,", () => {
  test.each([
    host,
    `${host}:3001`,
    "192.168.1.4:3001",
    "[2001:db8::1]:3001",
    "localhost.example.com",
    "127.0.0.1.example.com",
    "1270.0.0.1",
    "example.com:127",
  ])("a request to %j is refused: no login is asked for, and none is looked at", async (name) => {
    const address = newAddress();
    for (let count = 0; count < 12; count += 1) {
      for (const authorization of ["", login(user, password).authorization, login(user, "wrong").authorization]) {
        const answer = await get(direct, { host: name, authorization }, address);
        expect(answer.statusCode).toBe(403);
        expect(answer.headers["www-authenticate"]).toBeUndefined();
        expect(answer.json<{ error: string }>().error).toMatch(/TLS.+X-Forwarded-Proto.+TRUSTED_PROXIES.+SSH tunnel/);
      }
    }
    expect((await get(direct, { host: "localhost" }, address)).statusCode).toBe(200);
    expect(direct.log()).not.toContain("a wrong login");
  });

  test("every path and method is refused so, known or not", async () => {
    for (const url of ["/", "/static/images/logo.svg", "/api/queues/pause", "/nothing", "/healthz/x"]) {
      for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"] as const) {
        const answer = await direct.app.inject({ method, url, headers: { host, ...login(user, password) } });
        expect([method, url, answer.statusCode]).toEqual([method, url, 403]);
      }
    }
  });

  test.each(["localhost", "localhost:3001", "LOCALHOST:8080", "127.0.0.1:3001", "127.1.2.3", "[::1]", "[::1]:3001"])(
    "a request to %s is taken: it comes from the machine or out of a tunnel",
    async (name) => {
      expect((await get(direct, { host: name })).statusCode).toBe(200);
      const stranger = await get(direct, { host: name, authorization: "" });
      expect([stranger.statusCode, stranger.headers["www-authenticate"]]).toEqual([401, expect.any(String)]);
    },
  );

  test.each<Headers>([
    { "x-forwarded-for": "203.0.113.9" },
    { "x-forwarded-proto": "http" },
    { "x-forwarded-host": host },
    { forwarded: "for=203.0.113.9" },
  ])("a request that a proxy has passed on to localhost (%j) is refused", async (passedOn) => {
    for (const dashboard of [direct, proxied])
      expect((await get(dashboard, { host: "localhost:3001", ...passedOn }, proxy)).statusCode).toBe(403);
  });

  test("the health check, which takes no login, is answered whoever asks", async () => {
    expect((await direct.app.inject({ url: "/healthz", headers: { host } })).statusCode).toBe(200);
  });
});

describe("in production, over TLS,", () => {
  test("a request is taken where a trusted proxy says that it came so", async () => {
    expect((await get(proxied, overTls, proxy)).statusCode).toBe(200);
    expect((await get(counted, overTls)).statusCode).toBe(200);
    expect((await get(proxied, { ...overTls, authorization: "" }, proxy)).statusCode).toBe(401);
  });

  test("nobody else's word is believed", async () => {
    for (const dashboard of [direct, proxied]) {
      const answer = await get(dashboard, overTls);
      expect([answer.statusCode, answer.headers["www-authenticate"]]).toEqual([403, undefined]);
    }
  });

  test("a proxy that says http is believed, whatever its client had said before", async () => {
    for (const said of ["http", "https, http", "https,http"])
      expect((await get(proxied, { host, "x-forwarded-proto": said }, proxy)).statusCode).toBe(403);
  });
});

test("in development a login is taken over plain HTTP, whatever the name", async () => {
  expect((await get(development, { host })).statusCode).toBe(200);
  expect((await get(development, { host, authorization: "" })).statusCode).toBe(401);
});

describe("wrong logins are counted", () => {
  /** Whether the right login is heard after eleven wrong ones. */
  async function isHeardAfterGuesses(dashboard: typeof direct, peer: string, from: (count: number) => Headers) {
    const wrong = login(user, "wrong");
    for (let count = 0; count < 11; count += 1) await get(dashboard, { ...from(count), ...wrong }, peer);
    return async (headers: Headers) => (await get(dashboard, headers, peer)).statusCode !== 429;
  }

  test("for the address that a trusted proxy names", async () => {
    const from = (address: string) => ({ ...overTls, "x-forwarded-for": address });
    const isHeard = await isHeardAfterGuesses(proxied, proxy, () => from("203.0.113.9"));
    expect(await isHeard(from("203.0.113.9"))).toBe(false);
    expect(await isHeard(from("198.51.100.8, 203.0.113.9"))).toBe(false);
    expect(await isHeard(from("203.0.113.10"))).toBe(true);
  });

  test.each([
    ["where nobody is trusted", undefined],
    ["where others are trusted", [proxy]],
  ])("for the peer's, whatever it says, %s", async (_where, trustedProxies) => {
    const dashboard = await startTestDashboard({ trustedProxies });
    const from = (count: number) => ({ "x-forwarded-for": `203.0.113.${count}` });
    const isHeard = await isHeardAfterGuesses(dashboard, newAddress(), from);
    expect(await isHeard(from(99))).toBe(false);
  });
});
