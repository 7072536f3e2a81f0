import { startVerification } from "@watchword/otp-core";
import { randomNumber } from "@watchword/otp-core/testing";
import type { HTTPMethods } from "fastify";
import { describe, expect, test } from "vitest";
import { login, password, startTestDashboard, user } from "./testing/dashboard.fixture.ts";

const { app, core, log } = await startTestDashboard();
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
        const answer = await app.inject({ method, url, headers: given });
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
      const answer = await app.inject({ url, headers: login(user, "wrong") });
      expect(answer.json(), url).toEqual({ error: "Log in with the dashboard's user and password." });
    }
  });
});

describe("with the login", () => {
  test("200 with the page, its files and nothing from elsewhere", async () => {
    const page = await app.inject({ url: "/", headers });
    expect(page.statusCode).toBe(200);
    expect(page.headers["content-type"]).toContain("text/html");
    const files = [...page.body.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, file]) => `/${file}`);
    expect(files.length).toBeGreaterThan(1);
    for (const url of files) expect((await app.inject({ url, headers })).statusCode, url).toBe(200);
  });

  test("200 with every queue", async () => {
    const answer = await app.inject({ url: "/api/queues", headers });
    expect(answer.statusCode).toBe(200);
    const names = answer.json<{ queues: { name: string }[] }>().queues.map(({ name }) => name);
    expect(names).toEqual(["sms-telnyx", "receipts"]);
  });

  test("a page that no other site may frame", async () => {
    const policy = (await app.inject({ url: "/", headers })).headers["content-security-policy"];
    expect(policy).toContain("frame-ancestors 'none'");
  });

  test("404 for what is not there, without a word on where it was looked for", async () => {
    const answer = await app.inject({ url: "/static/nothing.js", headers });
    expect(answer.statusCode).toBe(404);
    expect(answer.body).not.toContain("node_modules");
  });
});

async function startDelivery() {
  const to = randomNumber();
  const { verification } = await startVerification(core, core.application, { to, channel: "sms" });
  const id = verification.deliveries[0]?.id ?? "";
  return { to, code: await core.codeOf(verification.id), id, url: `${jobs}/${id}` };
}

describe("a job", () => {
  test("shows ids alone: no number and no code, in its own answer and in the list", async () => {
    const { to, code, id, url } = await startDelivery();
    const one = await app.inject({ url, headers });
    expect(one.json<{ job: object }>().job).toMatchObject({ id, name: "SMS", data: { deliveryId: id } });
    const list = await app.inject({
      url: "/api/queues?activeQueue=sms-telnyx&status=waiting&jobsPerPage=100",
      headers,
    });
    expect(list.body).toContain(id);
    for (const { body } of [one, list]) {
      expect(body).not.toContain(to.slice(1));
      expect(body).not.toContain(code);
    }
  });

  test.each(["cross-site", "same-site", "none"])("is not touched by a request of a %s page", async (site) => {
    const { url } = await startDelivery();
    const put = await app.inject({
      method: "PUT",
      url: `${url}/clean`,
      headers: { ...headers, "sec-fetch-site": site },
    });
    expect(put.statusCode).toBe(403);
    const post = await app.inject({
      method: "POST",
      url: `${jobs}/add`,
      headers: { ...headers, "sec-fetch-site": site },
      payload: { name: "deliver", data: {} },
    });
    expect(post.statusCode).toBe(403);
    expect((await app.inject({ url, headers })).statusCode).toBe(200);
  });

  test("can be removed from the page itself", async () => {
    const { url } = await startDelivery();
    const own = { ...headers, "sec-fetch-site": "same-origin" };
    const answer = await app.inject({ method: "PUT", url: `${url}/clean`, headers: own });
    expect(answer.statusCode).toBeLessThan(300);
    expect((await app.inject({ url, headers })).statusCode).toBe(404);
  });
});

test("the log holds no login", () => {
  expect(log()).not.toContain(password);
  expect(log()).not.toContain(headers.authorization.slice("Basic ".length));
});
