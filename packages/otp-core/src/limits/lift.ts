import type { Core, LimitedApplication } from "../core.ts";
import { splitArea } from "../phone-number.ts";
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

const run = script("lift");

/** The newest first; one of a kind a minute, and the newest thousand of an application at most. */
export async function listDecisions({ redis }: Context, applicationId: string, count: number): Promise<KeptDecision[]> {
  const entries = await redis.xrevrange(`${applicationPrefix(applicationId)}decisions`, "+", "-", "COUNT", count);
  return entries.map(([, fields]) => {
    const field = (name: string) => fields[fields.indexOf(name) + 1] ?? "";
    return {
      at: new Date(Number(field("at"))),
      policy: field("policy"),
      country: field("country"),
      to: field("to").replace("*", "•••"),
      mode: field("mode") as KeptDecision["mode"],
    };
  });
}

const missing = (policy: string, what: string) => new Error(`${policy} is lifted for one ${what}: say which`);

/** Forgets what was counted of places within the window that holds now: what is older limits nothing any more. */
async function forgetEvents(
  { redis }: Context,
  prefix: string,
  kind: "a:" | "p:",
  places: string[],
  windowMs: number,
): Promise<number> {
  return windowMs > 0 ? ((await run(redis, [prefix], [kind, places.join(","), windowMs])) as number) : 0;
}

/** A number's own: its lock, and what was asked for it. */
async function unlock({ redis, keyring }: Context, applicationId: string, number: string): Promise<number> {
  const tags = keyring.tags(applicationId, number);
  const freed = await Promise.all(tags.map((tag) => redis.hdel(numberKey(tag), "guard", "requests", "calls")));
  return freed.reduce((sum, each) => sum + each, 0);
}

/**
 * Lifts what stands against a number, or one policy for its country, number or address. Gives how many things it undid: 0
 * where nothing stood against it.
 * @throws where the policy is lifted for something that was not said.
 */
export async function liftLimit(
  context: Context,
  application: LimitedApplication,
  target: LiftTarget,
): Promise<number> {
  const { policy = "number", number, country, clientIp } = target;
  const lifted = await undo(context, application, { policy, number, country, clientIp });
  const stream = `${applicationPrefix(application.id)}decisions`;
  const fields = { at: Date.now(), policy, country: country ?? "", to: "", mode: "lifted" };
  await context.redis.xadd(stream, "MAXLEN", "~", 1000, "*", ...Object.entries(fields).flat());
  return lifted;
}

async function undo(
  context: Context,
  { id: applicationId, settings }: LimitedApplication,
  { policy, number, country, clientIp }: LiftTarget & { policy: string },
): Promise<number> {
  const { redis, keyring } = context;
  const prefix = applicationPrefix(applicationId);
  if (policy.startsWith("number")) {
    if (number === undefined) throw missing(policy, "number (--number)");
    return unlock(context, applicationId, number);
  }
  if (policy === "address") {
    if (clientIp === undefined) throw missing(policy, "address (--client-ip)");
    const places = keyring.places(applicationId, "address", addressPlace(clientIp));
    const windowMs = (policyOf(settings.limits, "address")?.windowSeconds ?? 0) * 1000;
    return forgetEvents(context, prefix, "a:", places, windowMs);
  }
  if (policy === "prefix" || policy === "sweep" || policy === "breaker-prefix") {
    if (number === undefined) throw missing(policy, "number of the prefix (--number)");
    const places = keyring.places(applicationId, "area", splitArea(number)[0]);
    const held = await redis.del(...places.map((place) => `${prefix}hold:${place}`));
    return held + (await forgetEvents(context, prefix, "p:", places, areaWindowMs(settings)));
  }
  if (policy === "breaker-country" || policy.startsWith("country-")) {
    if (country === undefined) throw missing(policy, "country (--country)");
    if (policy === "breaker-country") return redis.del(`${prefix}hold:${country}`, `${prefix}b:${country}`);
    return redis.del(`${prefix}w:${policy}:${country}`);
  }
  if (policy === "budget") return (await run(redis, [prefix], ["spent:", "", ""])) as number;
  return redis.del(`${prefix}w:${policy}`);
}
