import { once } from "node:events";
import type { Redis } from "ioredis";
import { inject } from "vitest";
import type { Application, Core, VerificationSettings } from "../core.ts";
import type { LimitsContext } from "../deliveries/decide-fallback.ts";
import { parseVerificationId } from "../ids.ts";
import { createKeyring, type Secret } from "../keyring.ts";
import { createQueues, type Queues } from "../queue/index.ts";
import { codeKey, numberKey, verificationKey } from "../store/keys.ts";
import { connectForRequests } from "../store/redis.ts";
import { ageLimits } from "./age-limits.fixture.ts";
import { agedTimes } from "./digits.fixture.ts";
import { createTokenSigner } from "../token.ts";

const testSecret: Secret = { kid: "test", key: Buffer.from("a secret of the tests, 32 bytes.", "latin1") };

const settings: VerificationSettings = {
  codeLength: 6,
  customCodes: false,
  expirySeconds: 300,
  maxAttempts: 3,
  resendGapSeconds: 30,
  retentionSeconds: 3600,
  workflow: [{ channel: "sms", carrier: "telnyx", patienceSeconds: 30 }],
  fallback: true,
  allowedCountries: ["*"],
  allowUnassigned: true,
  // Tests of one file send to many numbers that are near each other.
  guard: "report",
};

export interface TestCore extends Core, Pick<LimitsContext, "limitedApplication"> {
  application: Application;
  queues: Queues;
  redisUrl: string;
  /** Lets time pass for a verification and its number, by moving everything recorded into the past. */
  age(verificationId: string, seconds: number): Promise<void>;
  /** Lets time pass for the limits of its application that are no number's own. */
  ageLimits(seconds: number): Promise<void>;
  /** The code in the clear, as only a worker could unseal it. */
  codeOf(verificationId: string): Promise<string>;
  close(): Promise<void>;
}

export interface TestCoreOptions {
  secrets?: readonly Secret[];
  settings?: Partial<VerificationSettings>;
  /** Another application has another id. */
  applicationId?: string;
  redisUrl?: string;
}

/** Where the fields of a record hold a time: which part of the value. */
const timePositions: readonly (readonly [RegExp, number])[] = [
  [/^(expires_at|resend_at|about)$/, 0],
  [/^\d+\.state$/, 1],
  [/^\d+$/, 2],
];

/** What a number's limits hold beyond the times of its requests. */
async function ageNumber(redis: Redis, key: string, seconds: number): Promise<void> {
  const [requests, calls, guard] = await redis.hmget(key, "requests", "calls", "guard");
  const earlier = (time: string | undefined) => String(Number(time) - seconds * 1000);
  if (requests) await redis.hset(key, "requests", agedTimes(requests, seconds));
  if (calls) await redis.hset(key, "calls", agedTimes(calls, seconds));
  if (guard) {
    const [failures, locks, ends, takes] = guard.split(" ");
    await redis.hset(key, "guard", `${failures} ${locks} ${earlier(ends)} ${takes}`);
  }
}

const CONNECT_WITHIN_MS = 10_000;

/** A core on the real Redis of the test run, in a database of the test process's own. */
export async function createTestCore(options: TestCoreOptions = {}): Promise<TestCore> {
  const testRedis: string = inject("redisUrl");
  const redisUrl = options.redisUrl ?? `${testRedis}/${Number(process.env["VITEST_POOL_ID"] ?? 0) % 16}`;
  const redis = connectForRequests(redisUrl);
  redis.on("error", () => undefined);
  if (redis.status !== "ready") await once(redis, "ready", { signal: AbortSignal.timeout(CONNECT_WITHIN_MS) });
  const keyring = createKeyring(options.secrets ?? [testSecret]);
  const queues = createQueues(redis);

  const applicationId = options.applicationId ?? "default";
  const refOf = (id: string) => {
    const ref = parseVerificationId(id);
    if (!ref) throw new Error(`${id} is not the id of a verification`);
    return ref;
  };
  const application = { id: applicationId, settings: { ...settings, ...options.settings } };
  return {
    redis,
    redisUrl,
    keyring,
    queues,
    queue: queues,
    tokens: await createTokenSigner(keyring, "https://verify.example.com"),
    application,
    limitedApplication: (id) => (id === applicationId ? application : undefined),
    async age(id, seconds) {
      const ref = refOf(id);
      const record = Object.entries(await redis.hgetall(verificationKey(ref)));
      const moved = record.flatMap(([field, value]) => {
        const position = timePositions.find(([pattern]) => pattern.test(field))?.[1];
        if (position === undefined) return [];
        const parts = value.split(" ");
        parts[position] = String(Number(parts[position]) - seconds * 1000);
        return [field, parts.join(" ")];
      });
      if (moved.length > 0) await redis.hset(verificationKey(ref), ...moved);
      const lifeMs = (await redis.pttl(codeKey(ref))) - seconds * 1000;
      await redis.pexpire(codeKey(ref), Math.max(0, lifeMs));
      await ageNumber(redis, numberKey(ref.tag), seconds);
    },
    ageLimits: (seconds) => ageLimits(redis, applicationId, seconds),
    async codeOf(id) {
      const ref = refOf(id);
      const [kid = "", , sealed = ""] = ((await redis.get(codeKey(ref))) ?? "").split(" ");
      return keyring.unseal(kid, ref, sealed).code;
    },
    async close() {
      await queues.close();
      redis.disconnect();
    },
  };
}
