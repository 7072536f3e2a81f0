import type { HTTPMethods } from "fastify";
import { describe, expect, test } from "vitest";
import { login, newAddress, password, startTestDashboard, user, viewer } from "../testing/dashboard.fixture.ts";

const { app, log, pass } = await startTestDashboard();
const headers = login(user, password);

const jobs = "/api/queues/sms-telnyx";
const paths = [
  "/",
  "/queue/sms-telnyx",
  "/static/favicon-32x32.png",
  "/static/images/logo.svg",
  "/static/",
  "/static/../package.json",
  "/api/queues",
  "/api/queues?activeQueue=sms-telnyx&status=latest",
  "/api/redis/stats",
  "/api/job-schedulers",
  "/api/queues/pause",
  `${jobs}/add`,
  `${jobs}/obliterate`,
  `${jobs}/empty`,
  `${jobs}/1`,
  `${jobs}/1/logs`,
  `${jobs}/1/retry`,
  `${jobs}/1/update-data`,
  "/nothing/here",
  "/healthz/",
  "/healthz/x",
  "//healthz",
  "/%2e%2e/%2e%2e/etc/passwd",
];
const methods: HTTPMethods[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

const logins: [why: string, given: Record<string, string>][] = [
  ["without a login", {}],
  ["with another password", login(user, "wrong")],
  ["with another user", login("admin", password)],
  ["with the development login", login("admin", "watchword")],
  ["with an empty login", login("", "")],
  ["with the password as the user", login(password, user)],
  ["with the viewer's password", login(user, viewer.password)],
  ["with the viewer's user", login(viewer.user, password)],
  ["with the start of the password", login(user, password.slice(0, -1))],
  ["with the password and more", login(user, `${password} `)],
  ["with a login that is not base64", { authorization: "Basic %%%" }],
  ["with a login without a colon", { authorization: `Basic ${Buffer.from(user).toString("base64")}` }],
  ["with another scheme", { authorization: headers.authorization.replace("Basic", "Bearer") }],
  ["with the login as a cookie", { cookie: headers.authorization }],
];

describe("401 on every path and method", () => {
  test.each(logins)("%s", async (_why, given) => {
    for (const url of paths) {
      for (const method of methods) {
        const answer = await app.inject({ method, url, headers: given, remoteAddress: newAddress() });
        expect(answer.statusCode, `${method} ${url}`).toBe(401);
        expect(answer.headers["www-authenticate"]).toContain("Basic");
        expect(answer.body).not.toMatch(/sms-telnyx|receipts/);
      }
    }
  });

  test("with the login in the address", async () => {
    const url = `/?user=${user}&password=${encodeURIComponent(password)}`;
    expect((await app.inject(url)).statusCode).toBe(401);
  });

  test("before the body is read", async () => {
    const payload = Buffer.alloc(5_000_000, "x");
    const answer = await app.inject({ method: "POST", url: `${jobs}/add`, payload });
    expect(answer.statusCode).toBe(401);
  });

  test("says what to do, and nothing of how it is made", async () => {
    for (const url of paths) {
      const answer = await app.inject({ url, headers: login(user, "wrong"), remoteAddress: newAddress() });
      expect(answer.json(), url).toEqual({ error: "Log in with the dashboard's user and password." });
    }
  });
});

describe("without a login", () => {
  test("the health check says that the process is alive, and nothing else", async () => {
    const answer = await app.inject("/healthz");
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: "ok" }]);
    for (const method of methods.filter((each) => each !== "GET" && each !== "HEAD"))
      expect((await app.inject({ method, url: "/healthz" })).statusCode, method).toBe(401);
  });
});

describe("wrong logins", () => {
  const get = (given: Record<string, string>, remoteAddress: string) =>
    app.inject({ url: "/api/queues", headers: given, remoteAddress });
  const guess = async (remoteAddress: string, times: number) => {
    const statuses = [];
    for (let count = 0; count < times; count += 1)
      statuses.push((await get(login(user, `guess ${count}`), remoteAddress)).statusCode);
    return statuses;
  };

  test("are refused unheard after ten of them, the right one too, until their time is over", async () => {
    const address = newAddress();
    expect(await guess(address, 12)).toEqual([...Array<number>(10).fill(401), 429, 429]);
    const refused = await get(headers, address);
    expect(refused.statusCode).toBe(429);
    expect(refused.headers["www-authenticate"]).toBeUndefined();
    const seconds = Number(refused.headers["retry-after"]);
    expect(seconds).toBe(15 * 60);
    pass(seconds * 1000 - 1);
    expect((await get(headers, address)).statusCode).toBe(429);
    pass(1);
    expect((await get(headers, address)).statusCode).toBe(200);
  });

  test("keep nobody out who comes from another address, and no other user", async () => {
    const address = newAddress();
    await guess(address, 11);
    expect((await get(headers, newAddress())).statusCode).toBe(200);
    expect((await get(login(viewer.user, viewer.password), address)).statusCode).toBe(200);
    expect((await get(login("nobody", "x"), address)).statusCode).toBe(401);
  });

  test("are as many whether a user is known or not", async () => {
    const address = newAddress();
    for (let count = 0; count < 10; count += 1) await get(login("nobody", "x"), address);
    expect((await get(login("nobody", "x"), address)).statusCode).toBe(429);
  });

  test("count together when they come at once", async () => {
    const address = newAddress();
    const answers = await Promise.all(Array.from({ length: 30 }, () => get(login(user, "wrong"), address)));
    expect(answers.filter(({ statusCode }) => statusCode === 401)).toHaveLength(10);
  });

  test("a browser's first request, which has no login yet, is none of them", async () => {
    const address = newAddress();
    for (let count = 0; count < 20; count += 1) expect((await get({}, address)).statusCode).toBe(401);
    expect((await get(headers, address)).statusCode).toBe(200);
  });
});

test("the log holds no login", () => {
  expect(log()).toContain("a wrong login");
  for (const secret of [password, viewer.password, headers.authorization.slice("Basic ".length), "guess 1"])
    expect(log()).not.toContain(secret);
});
