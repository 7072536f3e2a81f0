import { type Config, loadConfig } from "@watchword/config";
import {
  type Application,
  connectForRequests,
  type Core,
  createKeyring,
  createTokenSigner,
  parseVerificationId,
  startVerification,
} from "@watchword/otp-core";
import { createQueues } from "@watchword/otp-core/queue";
import type { Request } from "./load.ts";

const AREA_CODES = [201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 223, 224, 225];
const EXCHANGES = 800;
const AREAS = AREA_CODES.length * EXCHANGES;
const LINES = 10_000;
/** Shares no factor with the number of lines, so that every line comes up, and neighbours are far from each other. */
const LINE_STEP = 1237;

let nextNumber = 0;

/** One in each area in turn, as people's are: numbers in a row would be taken for a sweep. */
function newNumber(): string {
  const n = nextNumber++;
  const exchange = 200 + (Math.floor(n / AREA_CODES.length) % EXCHANGES);
  const line = (Math.floor(n / AREAS) * LINE_STEP) % LINES;
  return `+1${AREA_CODES[n % AREA_CODES.length]}${exchange}${String(line).padStart(4, "0")}`;
}

/** Numbers that nobody was asked about yet. */
export const newNumbers = (count: number): string[] => Array.from({ length: count }, newNumber);

/** The load is that of many days: what limits the volume is counted as ever, and never reached. */
const volumePolicies = ["application-1h", "application-24h", "country-1h", "country-24h"];
const NO_VOLUME = 100_000_000;

/** Environment of an API on which every limit is on. */
export const limitsOn = {
  FRAUD_GUARD: "enforce",
  LIMITS: volumePolicies.map((name) => `${name}=${NO_VOLUME}/3600`).join(","),
};

/** The domain inside the benchmark's own process: prepares verifications without going through the API. */
export interface BenchCore {
  config: Config<"api">;
  redis: Core["redis"];
  /** Starts verifications, with their jobs or without; gives their ids. */
  start(count: number, withJobs: boolean): Promise<string[]>;
  /** Requests that check each id `times` times, rightly or wrongly. */
  checks(ids: string[], right: boolean, times: number): Promise<Request[]>;
  close(): Promise<void>;
}

const IN_FLIGHT = 200;

/** Runs `work` for every item, some at a time. */
async function each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += IN_FLIGHT)
    results.push(...(await Promise.all(items.slice(i, i + IN_FLIGHT).map(work))));
  return results;
}

export async function createBenchCore(env: Record<string, string>): Promise<BenchCore> {
  const config = loadConfig("api", env);
  const redis = connectForRequests(config.REDIS_URL);
  await new Promise((resolve) => void redis.once("ready", resolve));
  const keyring = createKeyring(config.WATCHWORD_SECRETS);
  const queues = createQueues(redis);
  const tokens = await createTokenSigner(keyring, config.PUBLIC_URL);
  const application: Application = {
    id: "default",
    settings: {
      codeLength: 6,
      customCodes: false,
      expirySeconds: 600,
      maxAttempts: 10,
      resendGapSeconds: 30,
      retentionSeconds: 600,
      workflow: [{ channel: "sms", carrier: "telnyx", patienceSeconds: 30 }],
      fallback: true,
      limits: Object.fromEntries(volumePolicies.map((name) => [name, { limit: NO_VOLUME, windowSeconds: 3600 }])),
      allowedCountries: ["*"],
      allowUnassigned: true,
    },
  };
  const codeOf = async (id: string) => {
    const ref = parseVerificationId(id);
    if (!ref) throw new Error(`${id} is no id`);
    const [kid = "", , sealed = ""] = ((await redis.get(`ww:{${ref.tag}}:code:${ref.nonce}`)) ?? "").split(" ");
    return keyring.unseal(kid, ref, sealed).code;
  };
  return {
    config,
    redis,
    start: (count, withJobs) => {
      const queue = withJobs
        ? queues
        : {
            add: () => Promise.resolve(),
            escalate: () => Promise.resolve(),
            notify: () => Promise.resolve(),
            lookForEvents: () => Promise.resolve(),
          };
      return each(newNumbers(count), async (to) => {
        const { verification } = await startVerification({ redis, keyring, tokens, queue }, application, {
          to,
          channel: "sms",
        });
        return verification.id;
      });
    },
    checks: async (ids, right, times) => {
      const codes = await each(ids, codeOf);
      const once = ids.map((id, index) => {
        const code = codes[index] ?? "";
        const typed = right ? code : String((Number(code) + 1) % 1_000_000).padStart(6, "0");
        return { path: `/v1/verifications/${id}/check`, body: JSON.stringify({ code: typed }) };
      });
      return Array.from({ length: times }, () => once).flat();
    },
    close: async () => {
      await queues.close();
      redis.disconnect();
    },
  };
}
