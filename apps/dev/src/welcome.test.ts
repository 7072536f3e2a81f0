import { expect, test } from "vitest";
import { homeIn } from "./home.ts";
import { never } from "./redis/running-redis.ts";
import { readSettings } from "./settings.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";
import { alreadyRunning, welcome } from "./welcome.ts";

const redis = {
  url: "redis://127.0.0.1:7000",
  source: "server" as const,
  description: "redis-server on 127.0.0.1:7000, data in /somewhere",
  stop: async () => {},
  kill: () => {},
  lost: never,
};

test("shows the ports and the key that are really used, in a curl that a shell takes as it is", () => {
  const env = { API_PORT: "4000", SIMULATOR_PORT: "4002", API_KEY: "it's", DASHBOARD_USER: "ops" };
  const text = welcome(readSettings(homeIn(temporaryFolder()), env), redis);
  for (const part of ["http://127.0.0.1:4000", "http://127.0.0.1:3001", "http://127.0.0.1:4002/phones", "user ops"])
    expect(text).toContain(part);
  expect(text).toContain("redis-server on 127.0.0.1:7000, data in /somewhere");
  expect(text).toContain(
    `curl -s http://127.0.0.1:4000/v1/verifications -H 'Authorization: Bearer it'\\''s' ` +
      `-H 'Content-Type: application/json' -d '{"to":"+14155550123"}'`,
  );
});

test("a stack that runs already is shown with its own addresses and how to stop it", () => {
  const state = {
    pid: 4711,
    ports: { api: 5000, dashboard: 5001, simulator: 5002 },
    redisUrl: null,
    apps: {},
    startedAt: new Date().toISOString(),
    presence: { port: 1, token: "t" },
  };
  const text = alreadyRunning(state);
  for (const part of ["pid 4711", "http://127.0.0.1:5000", "http://127.0.0.1:5002/phones", "kill 4711"])
    expect(text).toContain(part);
});
