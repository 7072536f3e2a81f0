import type { Core, Decision, LimitedApplication, LimitSettings } from "../core.ts";
import { WatchwordError } from "../errors.ts";
import { encodeMask, maskPhoneNumber, splitArea, splitMask } from "../phone-number.ts";
import { applicationPrefix } from "../store/keys.ts";
import { COMMAND_TIMEOUT_MS, isRedisUnavailable } from "../store/redis.ts";
import { script } from "../store/scripts.ts";
import type { Channel } from "../verification.ts";
import { addressPlace } from "./address.ts";
import { policyOf, type PolicyName, type RateLimitPolicy } from "./policies.ts";
import { overLimit } from "./refusals.ts";

/** Where a code is to go, as far as limits know it; nothing of it shows the number. */
export interface Destination {
  /** ISO 3166-1 alpha-2. */
  country: string;
  /** Masked, in ASCII. */
  to: string;
  /** Keyed hashes of the number less its last four digits, the writing key's first. */
  area: readonly string[];
}

/** What the limits of a request depend on. */
interface Kind {
  kind: "start" | "resend" | "fallback";
  channel: Channel;
  /** ISO 3166-1 alpha-2. */
  country: string;
}

export interface Asked extends Destination, Kind {
  /** The person's address, where the application knows it. */
  clientIp?: string | undefined;
}

/** There is nothing to take back. */
const nothingCounted: Admitted = { carryOut: (step) => step() };

/** What was counted and is taken back: all but the address (`unsent`), or that it was a verification of its own (`again`). */
type Excess = "unsent" | "again";

export interface Admitted {
  /**
   * Takes the step that the request was admitted for, and takes back what its reply says was counted in excess. Where the
   * step fails, nobody knows whether it was taken: nothing stays counted then, so that whoever tries again during an
   * outage does not use up the limits with nothing sent. Where the taking back fails, more stays counted than was.
   */
  carryOut<T>(step: () => Promise<T>, excess: (reply: T) => Excess | undefined): Promise<T>;
}

type Reply =
  | ["late"]
  | [
      refused: string,
      waitMs: number,
      wholeMs: number,
      reported: string,
      warned: string,
      news: 0 | 1,
      now: number,
      counted: "all" | "budget" | "",
    ];

const run = script("admit");
const runRelease = script("release");

export function destinationOf(
  { keyring }: Pick<Core, "keyring">,
  applicationId: string,
  e164: string,
  country: string,
): Destination {
  const [area] = splitArea(e164);
  return { country, to: encodeMask(maskPhoneNumber(e164)), area: keyring.places(applicationId, "area", area) };
}

const MILLIONTHS = 1_000_000;

function costOf({ budget }: LimitSettings, country: string, channel: Channel): [price: string, budget: string] {
  if (!budget) return ["", ""];
  const prices = budget.prices[country] ?? budget.prices["*"];
  // A country without a price is taken for the dearest: what is not known must not be free.
  const price = prices ? prices[channel] : Math.max(0, ...Object.values(budget.prices).map((each) => each[channel]));
  return [String(Math.round(price * MILLIONTHS)), String(Math.round(budget.perDay * MILLIONTHS))];
}

const limitAndWindow = (policy: RateLimitPolicy | undefined): [limit: string, windowMs: string] =>
  policy ? [String(policy.limit), String(policy.windowSeconds * 1000)] : ["", ""];

/** Windows of an application and of its countries, by the names under which they are counted. */
function windowsOf({ limits }: LimitSettings, { kind, country, channel }: Kind): [name: string, RateLimitPolicy][] {
  const counted: [PolicyName, string][] = [];
  // What the workflow adds is of a request that was counted as one before.
  if (kind !== "fallback")
    counted.push(
      ["application-1h", ""],
      ["application-24h", ""],
      ["country-1h", `:${country}`],
      ["country-24h", `:${country}`],
    );
  if (channel === "call") counted.push(["country-voice-1h", `:${country}`], ["country-voice-24h", `:${country}`]);
  return counted.flatMap(([name, suffix]) => {
    const policy = policyOf(limits, name);
    return policy ? [[name + suffix, policy]] : [];
  });
}

/** How long the events of an area are kept: as long as the policy with the longest window wants them; 0 without any. */
export const areaWindowMs = ({ limits }: LimitSettings): number =>
  1000 *
  Math.max(
    ...(["prefix", "sweep", "breaker-prefix"] as const).map((name) => policyOf(limits, name)?.windowSeconds ?? 0),
  );

/** What the script is told of every request of one kind. */
interface Rules {
  addresses: boolean;
  areaWindowMs: number;
  price: string;
  keys: string[];
  args: (string | number)[];
}

const known = new WeakMap<LimitSettings, Map<string, Rules>>();

/** The same for as long as an application has these settings, so they are worked out once. */
function rulesOf({ id, settings }: LimitedApplication, kind: Kind): Rules {
  let ofSettings = known.get(settings);
  if (!ofSettings) known.set(settings, (ofSettings = new Map<string, Rules>()));
  const name = `${kind.kind} ${kind.channel} ${kind.country}`;
  let rules = ofSettings.get(name);
  if (!rules) ofSettings.set(name, (rules = workOutRules(id, settings, kind)));
  return rules;
}

function workOutRules(id: string, settings: LimitSettings, kind: Kind): Rules {
  const policy = (name: PolicyName) => limitAndWindow(policyOf(settings.limits, name));
  const windows = windowsOf(settings, kind);
  const windowMs = areaWindowMs(settings);
  const [price, budget] = costOf(settings, kind.country, kind.channel);
  const prefix = applicationPrefix(id);
  return {
    addresses: policyOf(settings.limits, "address") !== undefined,
    areaWindowMs: windowMs,
    price,
    keys: [prefix, ...windows.map(([window]) => `${prefix}w:${window}`)],
    args: [
      ...policy("address"),
      windowMs,
      ...(kind.kind === "fallback" ? ["", ""] : policy("prefix")),
      ...policy("sweep"),
      ...policy("breaker-country"),
      ...policy("breaker-prefix"),
      price,
      budget,
      settings.expirySeconds * 1000,
      windows.map(([, window]) => limitAndWindow(window).join(" ")).join(" "),
    ],
  };
}

/**
 * Asks every limit that is not a number's own, and counts the request against all of them where it may pass.
 * @throws {WatchwordError} `too_many_requests`, `destination_suspended`, `invalid_request` (the address), `unavailable`.
 */
export async function admit(
  core: Pick<Core, "redis" | "keyring" | "onDecision" | "onUncounted" | "storeNow">,
  application: LimitedApplication,
  asked: Asked,
): Promise<Admitted> {
  const { id, settings } = application;
  const { kind, country } = asked;
  const mode = settings.guard ?? "enforce";
  const rules = rulesOf(application, asked);
  const place = asked.clientIp === undefined ? undefined : addressPlace(asked.clientIp);
  const address = place !== undefined && rules.addresses ? core.keyring.places(id, "address", place) : [];
  if (mode === "off" && address.length === 0 && rules.price === "") return nothingCounted;

  const area = rules.areaWindowMs > 0 ? asked.area : [];
  const [mask, digits] = splitMask(asked.to);
  const reply = (await run(core.redis, rules.keys, [
    mode,
    kind,
    country,
    mask,
    area.join(","),
    digits,
    address.join(","),
    ...rules.args,
    deadlineOf(core.storeNow?.()),
  ]).catch(unreadable)) as Reply;
  if (reply.length === 1) return unreadable(new Error("it was decided too late"));
  const [refused, waitMs, wholeMs, reported, warned, news, now, counted] = reply;

  const tell = (name: string, as: Decision["mode"]) =>
    core.onDecision?.({ applicationId: id, policy: name, country, mode: as, news: news === 1 });
  if (refused !== "") {
    tell(refused, "enforce");
    throw overLimit(settings, refused, waitMs, wholeMs);
  }
  if (reported !== "") tell(reported, "report");
  if (warned !== "") tell(warned, "warn");
  if (counted === "") return nothingCounted;
  const release = async (what: Excess) => {
    const all = counted === "all";
    if (!all && what === "again") return;
    const minutesOf = all && kind === "start" ? country : "";
    const counting = all && kind !== "fallback" ? (area[0] ?? "") : "";
    const keys = all ? rules.keys : rules.keys.slice(0, 1);
    const args = [what, now, minutesOf, counting, digits, rules.areaWindowMs, rules.price];
    await runRelease(core.redis, keys, args).catch((error: Error) => core.onUncounted?.(error));
  };
  return {
    async carryOut(step, excess) {
      let reply;
      try {
        reply = await step();
      } catch (error) {
        // Not waited for: after one time-out another would make the answer late.
        void release("unsent");
        throw error;
      }
      const what = excess(reply);
      if (what) await release(what);
      return reply;
    },
  };
}

const deadlineOf = (storeNow: number | undefined): string =>
  storeNow === undefined ? "" : String(Math.ceil(storeNow + COMMAND_TIMEOUT_MS));

/** A counter that cannot be read denies, whatever the reason. */
function unreadable(error: unknown): never {
  if (isRedisUnavailable(error)) throw error;
  throw new WatchwordError("unavailable", "The limits cannot be read right now: try again.", {
    retryAfterSeconds: 2,
    cause: error,
  });
}
