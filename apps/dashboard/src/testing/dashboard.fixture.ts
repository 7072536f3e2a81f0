import { randomUUID } from "node:crypto";
import { setImmediate as immediate } from "node:timers/promises";
import { createTestCore, type TestCore } from "@watchword/otp-core/testing";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll } from "vitest";
import { buildDashboard, type DashboardDeps } from "../app.ts";

export const user = "operator";
export const password = "correct horse: battery staple ☃";

export const viewer = { user: "auditor", password: "another long password" };

/** The header of HTTP Basic authentication (RFC 7617). */
export const login = (givenUser: string, givenPassword: string): { authorization: string } => ({
  authorization: `Basic ${Buffer.from(`${givenUser}:${givenPassword}`).toString("base64")}`,
});

let addresses = 0;

/** An address that nobody has come from yet. */
export function newAddress(): string {
  addresses += 1;
  return `10.${addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`;
}

export interface TestDashboard {
  app: FastifyInstance;
  core: TestCore;
  /** All that was logged, at every level. */
  log(): string;
  /** Moves the dashboard's clock. */
  pass(ms: number): void;
}

/** The dashboard over the database of the test process; it closes when the file is done. */
export async function startTestDashboard(
  options: Partial<Pick<DashboardDeps, "production" | "trustedProxies" | "timeouts">> = {},
): Promise<TestDashboard> {
  const core = await createTestCore({ applicationId: `test-${randomUUID()}`, settings: { codeLength: 10 } });
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const { log: logger } = Fastify({ logger: { level: "trace", stream } });
  let ms = 0;
  const app = await buildDashboard({
    redis: core.redis,
    operator: { user, password },
    viewer,
    production: false,
    ...options,
    logger,
    now: () => ms,
  });
  const ready = async () => (await app.inject({ url: "/api/queues", headers: login(user, password) })).statusCode;
  while ((await ready()) !== 200) await immediate();
  afterAll(async () => {
    await app.close();
    await core.close();
  });
  return {
    app,
    core,
    log: () => lines.join(""),
    pass(more) {
      ms += more;
    },
  };
}
