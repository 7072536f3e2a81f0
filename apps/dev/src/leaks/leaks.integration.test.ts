import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Queue } from "bullmq";
import { queuePrefix } from "@watchword/otp-core/queue";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { API_KEY } from "../chaos/api-client.ts";
import { redisServer } from "../chaos/play.ts";
import type { Run } from "../chaos/run.ts";
import { startStack } from "../chaos/stack.ts";
import { repository } from "../home.ts";
import { freePort } from "../ports.ts";
import { findServer } from "../redis/server.ts";
import { declareApplication } from "./application.fixture.ts";
import { breakDown } from "./breakdowns.fixture.ts";
import { createClient } from "./client.fixture.ts";
import { type Driven, drive } from "./paths.fixture.ts";
import { find, listen, type Watched } from "./places.fixture.ts";
import { startTarget } from "./target.fixture.ts";
import { writtenCode, writtenNumber, writtenSecret } from "./written.fixture.ts";

const ALL_EVENTS = [
  "delivery.delivered",
  "delivery.failed",
  "delivery.sent",
  "verification.approved",
  "verification.canceled",
  "verification.failed",
  "verification.undeliverable",
];

const endings: (() => unknown)[] = [];
let watched: Watched;
let driven: Driven;
let secrets: string[];

/** What an operator reads of the limits' decisions. */
async function decisions(redisUrl: string): Promise<string> {
  const child = spawn(
    process.execPath,
    ["--conditions=watchword-source", join(repository, "apps/api/src/limits.ts"), "list"],
    { env: { PATH: process.env["PATH"], WATCHWORD_ENV: "development", REDIS_URL: redisUrl, API_KEY } },
  );
  return text(child.stdout);
}

async function begin(run: Run): Promise<void> {
  const target = await startTarget(run);
  const { file, webhookSecret } = declareApplication(run, target.url);
  const apiMetrics = await freePort();
  const stack = await startStack(run, {
    workers: 0,
    keptLines: Number.POSITIVE_INFINITY,
    env: {
      LOG_LEVEL: "trace",
      APPLICATIONS_FILE: file,
      TELNYX_VOICE_CONNECTION_ID: "1",
      WEBHOOK_ALLOWED_HOSTS: "127.0.0.1",
      FRAUD_GUARD: "enforce",
      METRICS_PORT: String(apiMetrics),
    },
  });
  const heard = await listen(run, stack.redis.url);
  const metrics: Record<string, string> = { api: `http://127.0.0.1:${apiMetrics}/metrics` };
  const ports = [await freePort(), await freePort()];
  const startWorker = (port: number | undefined) => stack.start("worker", { env: { METRICS_PORT: String(port) } });
  for (const [index, port] of ports.entries()) {
    metrics[`worker ${index + 1}`] = `http://127.0.0.1:${port}/metrics`;
    await startWorker(port);
  }
  const dashboard = await stack.start("dashboard");
  const client = createClient(stack.api.origin, stack.carrier.origin);
  driven = await drive(client);
  await breakDown({ stack, client, driven, replaceWorker: () => startWorker(ports[1]) });
  await vi.waitFor(() => expect([...new Set(target.types())].toSorted()).toEqual(ALL_EVENTS), 30_000);

  // What somebody types at the dashboard's door ends up in its log at most, which is searched.
  const [to = "", code = ""] = [driven.numbers[0], driven.codes[0]];
  const ask = (path: string, login: string, method = "GET") =>
    fetch(`${dashboard.origin}${path}`, { method, headers: { authorization: `Basic ${btoa(login)}` } });
  expect((await ask(`/api/queues/${to}/${code}`, `${to}:${code}`)).status).toBe(401);
  expect((await ask(`/api/queues/sms-telnyx/add?to=${to}`, "admin:watchword", "POST")).status).toBe(403);

  const others = { limits: await decisions(stack.redis.url), answers: client.answers(), events: target.told() };
  expect(others.limits).toContain("number-15m");
  watched = {
    stack,
    dashboard,
    folder: join(run.folder, "redis"),
    heard,
    metrics,
    others: () => others,
  };
  // An application is given its token; nobody else is.
  secrets = [
    ...driven.numbers.flatMap(writtenNumber),
    ...driven.codes.flatMap(writtenCode),
    ...[...driven.others, API_KEY, webhookSecret].flatMap(writtenSecret),
  ];
}

// It starts a Redis of its own; where tests have one in a container there may be no server to start.
describe.skipIf(findServer(process.env["PATH"]) === undefined)(
  "after every path that a number can take, and every fault",
  () => {
    beforeAll(async () => {
      const folder = mkdtempSync(join(tmpdir(), "watchword-leaks-"));
      endings.unshift(() => rmSync(folder, { recursive: true, force: true }));
      const { signal } = new AbortController();
      const onEnd = (action: () => unknown) => void endings.unshift(action);
      await begin({ quick: true, signal, folder, redisServer: redisServer(), onEnd });
    }, 240_000);
    afterAll(async () => {
      for (const end of endings) await end();
    });

    test("no number, code, token, address or payment is in Redis, its files, a log, a metric, a job or the dashboard", async () => {
      const tokens = driven.others.filter((other) => other.startsWith("ey"));
      const hits = await find(watched, secrets);
      const answers = watched.others()["answers"] ?? "";
      expect(tokens.length > 0 && tokens.every((token) => answers.includes(token))).toBe(true);
      expect(hits.filter((place) => place !== "answers")).toEqual([]);
    }, 120_000);

    test("no answer of the API shows a whole number or a code", () => {
      const answers = watched.others()["answers"] ?? "";
      const shown = [...driven.numbers.flatMap(writtenNumber), ...driven.codes.flatMap(writtenCode)];
      expect(shown.filter((each) => answers.includes(each))).toEqual([]);
    });

    test("the search sees every place: the verifications are found in each by their ids", async () => {
      // Without their beginning, which differs for their deliveries.
      const ids = driven.ids.map((id) => id.slice("vf_".length));
      const places = await find(watched, ids);
      const kinds = [
        /^key /,
        /^conversation with Redis$/,
        /^file .*\.aof$/,
        /^log of api 1$/,
        /^log of worker 1$/,
        /^log of worker 2$/,
        /^log of worker 3$/,
        /^dashboard \/api\/queues\?activeQueue=sms-telnyx&status=completed/,
        /^dashboard \/api\/queues\/call-telnyx\/[^/]+$/,
        /^answers$/,
        /^events$/,
      ];
      expect(kinds.filter((kind) => !places.some((place) => kind.test(place)))).toEqual([]);
      const inMetrics = await find(watched, ['process_info{service="']);
      expect(inMetrics).toEqual(["metrics of api", "metrics of worker 1", "metrics of worker 2"]);
      const log = (name: string) => watched.stack.apps.find((app) => app.name === name)?.lines.join("\n") ?? "";
      expect(log("api")).toContain('"level":20');
      expect(log("dashboard")).toContain("a wrong login");
    }, 120_000);

    test("the search finds a code in a job's data, its log and a key, in every form in which it looks for it", async () => {
      const { stack } = watched;
      const forms = [...writtenCode("8264019375"), ...writtenNumber("+14155550199")];
      await stack.redis.ask((redis) => redis.rpush(`needle:${randomUUID()}`, ...forms));
      const name = "notifications";
      const queue = new Queue(name, { connection: { url: stack.redis.url }, prefix: queuePrefix(name) });
      const job = await queue.add("needle", { code: "3917520864" }, { delay: 3_600_000 });
      await job.log("4827150396");
      await queue.close();

      const found = (needle: string) => find(watched, [needle]);
      const kinds = (places: string[]) => [...new Set(places.map((place) => place.split(/[ ?]/)[0] ?? ""))].toSorted();
      expect(kinds(await found("3917520864"))).toEqual(["conversation", "dashboard", "file", "key"]);
      expect(kinds(await found("4827150396"))).toEqual(["conversation", "dashboard", "file", "key"]);
      const heard = watched.heard();
      expect(forms.filter((form) => !heard.includes(form))).toEqual([]);
    }, 120_000);
  },
);
