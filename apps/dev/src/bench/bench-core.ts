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

let nextNumber = 2_000_000;

/** Numbers that nobody was asked about yet. */
export const newNumbers = (count: number): string[] => Array.from({ length: count }, () => `+1415${nextNumber++}`);

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
      // The load sends to one number after another.
      guard: "report",
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
