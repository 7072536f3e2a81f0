import { queueNames } from "@watchword/otp-core/queue";
import { describe, expect, test } from "vitest";
import { textOf } from "../queues.ts";
import { login, password, startTestDashboard, user } from "../testing/dashboard.fixture.ts";

const { app } = await startTestDashboard();
const headers = login(user, password);

describe("the page", () => {
  test("comes with its files, and asks no other host for anything", async () => {
    for (const url of ["/", "/queue/sms-telnyx", "/job-schedulers"]) {
      const page = await app.inject({ url, headers });
      expect(page.statusCode).toBe(200);
      expect(page.headers["content-type"]).toContain("text/html");
      expect(page.body).not.toMatch(/(src|href)="(https?:)?\/\//);
      const files = [...page.body.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, file]) => `/${file}`);
      expect(files.length).toBeGreaterThan(1);
      for (const file of files) expect((await app.inject({ url: file, headers })).statusCode, file).toBe(200);
    }
  });

  test("may be framed by no other site", async () => {
    const policy = (await app.inject({ url: "/", headers })).headers["content-security-policy"];
    expect(policy).toContain("frame-ancestors 'none'");
  });

  test("shows every queue by a name and a description", async () => {
    const answer = await app.inject({ url: "/api/queues", headers });
    expect(answer.statusCode).toBe(200);
    const { queues } = answer.json<{ queues: { name: string; displayName: string; description: string }[] }>();
    expect(queues.map(({ name }) => name)).toEqual(queueNames);
    for (const { name, displayName, description } of queues) {
      expect({ displayName, description }).toEqual(textOf(name));
      expect(description).not.toBe("");
    }
  });
});

test("a queue that nobody described goes by its name", () => {
  expect(textOf("fax-telnyx")).toEqual({ displayName: "fax-telnyx", description: "" });
});

test("404 for what is not there, without a word on where it was looked for", async () => {
  const answer = await app.inject({ url: "/static/nothing.js", headers });
  expect(answer.statusCode).toBe(404);
  expect(answer.body).not.toContain("node_modules");
});
