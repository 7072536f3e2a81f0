import { randomUUID } from "node:crypto";
import { carriers } from "@watchword/carriers";
import { hashApiKey } from "@watchword/config";
import { type QueueName, queuePrefix } from "@watchword/otp-core/queue";
import { createTestCore, randomNumber, type TestCore, type TestCoreOptions } from "@watchword/otp-core/testing";
import type { LightMyRequestResponse } from "fastify";
import { pino } from "pino";
import { afterAll, expect } from "vitest";
import { buildApi } from "../app.ts";
import { createApplications, type KeyedApplication } from "../applications.ts";
import type { Api } from "../deps.ts";
import type { ApiMetrics } from "../metrics.ts";
import { telnyxPublicKey } from "./telnyx-webhook.fixture.ts";

type Headers = Record<string, string>;
export type Answer = LightMyRequestResponse;

export interface TestApi {
  app: Api;
  core: TestCore;
  /** The key of `core.application`. */
  key: string;
  /** The key of another application of the same service. */
  otherKey: string;
  /** Has these applications besides those two from now on. */
  use(applications: readonly KeyedApplication[]): void;
  /** Posts with the key; an object as JSON, text and bytes as they are but called JSON, undefined as no body. */
  post(url: string, body?: object | string, headers?: Headers): Promise<Answer>;
  get(url: string, headers?: Headers): Promise<Answer>;
  delete(url: string, headers?: Headers): Promise<Answer>;
  /** Starts a verification of a number of its own. */
  start(body?: object): Promise<{ to: string; id: string; deliveryId: string; code: string }>;
  /** A code of the same length that is not this one. */
  wrong(code: string): string;
  job(queue: QueueName, id: string): Promise<Record<string, string>>;
  /** What the action left in Redis: names of new verifications, numbers, jobs; not what limits count. */
  created(action: () => Promise<unknown>): Promise<string[]>;
  /** All that was logged, at every level. */
  log(): string;
}

interface TestApiOptions extends TestCoreOptions {
  /** A core of the test's own making. */
  core?: TestCore;
  metrics?: ApiMetrics;
}

/** The app over a real core, for an application that no other test file shares; both close when the file is done. */
export async function startTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const core = options.core ?? (await createTestCore({ applicationId: `test-${randomUUID()}`, ...options }));
  const [key, otherKey] = [`key-${randomUUID()}`, `other-${randomUUID()}`];
  const { settings } = core.application;
  const both: KeyedApplication[] = [
    { ...core.application, keyHashes: [hashApiKey(key)] },
    { id: `other-${randomUUID()}`, settings, keyHashes: [hashApiKey(otherKey)] },
  ];
  const applications = createApplications();
  applications.use(both);
  const lines: string[] = [];
  const app = await buildApi({
    core,
    queues: core.queues,
    telnyx: carriers.telnyx.createWebhookReader(telnyxPublicKey),
    applications,
    logger: pino({ level: "trace" }, { write: (line: string) => void lines.push(line) }),
    metrics: options.metrics,
  });
  afterAll(async () => {
    await app.close();
    await core.close();
  });

  const authorization = `Bearer ${key}`;
  const names = async () => (await core.redis.keys("ww:*")).filter((name) => !name.startsWith("ww:{app:"));
  const api: TestApi = {
    app,
    core,
    key,
    otherKey,
    use: (changed) => applications.use([...both, ...changed]),
    post: (url, body, headers = {}) =>
      app.inject({
        method: "POST",
        url,
        headers: { authorization, ...(body !== undefined && { "content-type": "application/json" }), ...headers },
        ...(body !== undefined && { payload: body }),
      }),
    get: (url, headers = {}) => app.inject({ method: "GET", url, headers: { authorization, ...headers } }),
    delete: (url, headers = {}) => app.inject({ method: "DELETE", url, headers: { authorization, ...headers } }),
    async start(body = {}) {
      const to = randomNumber();
      const answer = await api.post("/v1/verifications", { to, ...body });
      expect(answer.statusCode).toBe(202);
      const { id, deliveries } = answer.json<{ id: string; deliveries: [{ id: string }] }>();
      return { to, id, deliveryId: deliveries[0].id, code: await core.codeOf(id) };
    },
    wrong: (code) => String((Number(code) + 1) % 10 ** code.length).padStart(code.length, "0"),
    job: (queue, id) => core.redis.hgetall(`${queuePrefix(queue)}:${queue}:${id}`),
    async created(action) {
      const before = new Set(await names());
      await action();
      return (await names()).filter((name) => !before.has(name));
    },
    log: () => lines.join(""),
  };
  return api;
}

/** Holds an answer to RFC 9457, with the fields of the contract. */
export function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer.statusCode, answer.body).toBe(status);
  expect(answer.headers["content-type"]).toBe("application/problem+json");
  const { type, title, detail, ...rest } = answer.json<Record<string, unknown>>();
  expect(rest).toMatchObject({ status, code });
  expect([type, title, detail]).toEqual([`urn:watchword:problem:${code}`, expect.any(String), expect.any(String)]);
}

/** The fields that a 400 names. */
export const fieldsOf = (answer: Answer): string[] =>
  (answer.json<{ errors?: { field: string }[] }>().errors ?? []).map(({ field }) => field);
