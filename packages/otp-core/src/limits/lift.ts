import type { Core, LimitedApplication } from "../core.ts";
import { decodeMask, encodeMask, maskPhoneNumber, splitArea, splitMask } from "../phone-number.ts";
import { storeTime } from "../store/clock.ts";
import { applicationPrefix, numberKey } from "../store/keys.ts";
import { script } from "../store/scripts.ts";
import { addressPlace } from "./address.ts";
import { areaWindowMs } from "./admit.ts";
import { policyOf } from "./policies.ts";

/** What a limit has refused, or would have; `lifted` is what an operator has undone. */
export interface KeptDecision {
  at: Date;
  policy: string;
  /** ISO 3166-1 alpha-2, or empty. */
  country: string;
  /** The masked number's beginning, such as `+1415•••`, or empty. */
  to: string;
  mode: "enforce" | "report" | "warn" | "lifted";
}

export interface LiftTarget {
  policy?: string | undefined;
  /** E.164. */
  number?: string | undefined;
  /** ISO 3166-1 alpha-2. */
  country?: string | undefined;
  clientIp?: string | undefined;
}

type Context = Pick<Core, "redis" | "keyring">;

const DAY_MS = 86_400_000;

const runForgetEvents = script("forget-events");
const runKeepLift = script("keep-lift");

/** The newest first; one of a kind a minute, and the newest thousand of an application at most. */
export async function listDecisions({ redis }: Context, applicationId: string, count: number): Promise<KeptDecision[]> {
  const entries = await redis.xrevrange(`${applicationPrefix(applicationId)}decisions`, "+", "-", "COUNT", count);
  return entries.map(([, fields]) => {
    const field = (name: string) => fields[fields.indexOf(name) + 1] ?? "";
    return {
      at: new Date(Number(field("at"))),
      policy: field("policy"),
      country: field("country"),
      to: decodeMask(field("to")),
      mode: field("mode") as KeptDecision["mode"],
    };
  });
}

/** What is said of the thing that a policy is lifted for. */
const options = { number: "--number", country: "--country", clientIp: "--client-ip" } as const;
type Option = keyof typeof options;

/** The one that a policy needs; any other would not be heeded. */
function optionOf(policy: string): Option | undefined {
  if (/^number|^prefix$|^sweep$|^breaker-prefix$/.test(policy)) return "number";
  if (/^country-|^breaker-country$/.test(policy)) return "country";
  return policy === "address" ? "clientIp" : undefined;
}

/** @throws where what the policy needs was not said, or what it does not was. */
function expectFitting(policy: string, target: LiftTarget): void {
  const needed = optionOf(policy);
  if (needed && target[needed] === undefined)
    throw new Error(`${policy} is lifted for one of many: say which (${options[needed]})`);
  for (const option of Object.keys(options) as Option[]) {
    if (option !== needed && target[option] !== undefined)
      throw new Error(`${policy} is not lifted for a part of it: leave ${options[option]} out`);
  }
}

/** Forgets what was counted of places within the window that holds now: what is older limits nothing any more. */
async function forgetEvents(
  { redis }: Context,
  prefix: string,
  kind: "a:" | "p:",
  places: string[],
  windowMs: number,
): Promise<number> {
  return windowMs > 0 ? ((await runForgetEvents(redis, [prefix], [kind, places.join(","), windowMs])) as number) : 0;
}

/** A number's own: its lock, and what was asked for it. */
function countsOf(policy: string): string[] {
  if (policy === "number-lock") return ["guard"];
  if (policy.startsWith("number-voice-")) return ["calls"];
  return policy === "number" ? ["guard", "requests", "calls"] : ["requests"];
}

async function forgetCounts(
  { redis, keyring }: Context,
  applicationId: string,
  number: string,
  counts: string[],
): Promise<number> {
  const tags = keyring.tags(applicationId, number);
  const freed = await Promise.all(tags.map((tag) => redis.hdel(numberKey(tag), ...counts)));
  return freed.reduce((sum, each) => sum + each, 0);
}

/**
 * Lifts all that stands against a number, or one policy for its country, number or address. Policies of a number that
 * count the same requests are lifted together. Gives how many things it undid: 0 where nothing stood against it.
 * @throws where what the policy is lifted for was not said, or something else was.
 */
export async function liftLimit(
  context: Context,
  application: LimitedApplication,
  target: LiftTarget,
): Promise<number> {
  const { policy = "number", number, country } = target;
  expectFitting(policy, target);
  const lifted = await undo(context, application, policy, target);
  if (lifted > 0) {
    const args = [policy, country ?? "", number ? beginningOf(number) : ""];
    await runKeepLift(context.redis, [applicationPrefix(application.id)], args);
  }
  return lifted;
}

const beginningOf = (number: string) => splitMask(encodeMask(maskPhoneNumber(number)))[0];

async function undo(
  context: Context,
  { id: applicationId, settings }: LimitedApplication,
  policy: string,
  { number = "", country = "", clientIp = "" }: LiftTarget,
): Promise<number> {
  const { redis, keyring } = context;
  const prefix = applicationPrefix(applicationId);
  switch (optionOf(policy)) {
    case "number": {
      if (policy.startsWith("number")) return forgetCounts(context, applicationId, number, countsOf(policy));
      const places = keyring.places(applicationId, "area", splitArea(number)[0]);
      // A count that is begun anew does not end a suspension, which had another reason.
      const held = policy === "prefix" ? 0 : await redis.del(...places.map((place) => `${prefix}hold:${place}`));
      return held + (await forgetEvents(context, prefix, "p:", places, areaWindowMs(settings)));
    }
    case "clientIp": {
      const places = keyring.places(applicationId, "address", addressPlace(clientIp));
      const windowMs = (policyOf(settings.limits, "address")?.windowSeconds ?? 0) * 1000;
      return forgetEvents(context, prefix, "a:", places, windowMs);
    }
    case "country":
      if (policy === "breaker-country") return redis.del(`${prefix}hold:${country}`, `${prefix}b:${country}`);
      return redis.del(`${prefix}w:${policy}:${country}`);
    case undefined:
      if (policy === "budget") return redis.del(`${prefix}spent:${Math.floor((await storeTime(redis)) / DAY_MS)}`);
      return redis.del(`${prefix}w:${policy}`);
  }
}
