import { isIP } from "node:net";
import { z } from "zod";

/** A whole number written in decimal, within `[min, max]`. */
export const integer = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message);
};

/** Least and most of what the environment and an application's own entry may say alike. */
export const bounds = {
  codeLength: [4, 10],
  attempts: [1, 10],
  resendGapSeconds: [0, 600],
  retentionSeconds: [600, 2_592_000],
  patienceSeconds: [1, 600],
} as const;
/** An SMS takes its time. Development may go below. */
export const MIN_LIFE_SECONDS = 60;
/** NIST SP 800-63B-4, section 3.1.3: a code is dead after ten minutes. */
export const MAX_LIFE_SECONDS = 600;

/** A name in the message; up to 15 characters keep every language in one SMS. */
export const brand = z
  .string()
  .trim()
  .min(1, "must not be empty")
  .max(40, "must be at most 40 characters")
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]*$/u, "must be text of one line");

/** Of a site, without scheme and port. */
export const host = z
  .string()
  .regex(/^(?=.{1,100}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/i, "must be a host name such as example.com");

/** Per second, above 0; 0.1 is one in ten seconds. */
export const rate = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,3})?$/, "must be a number per second, such as 50 or 0.1")
  .transform(Number)
  .refine((value) => value > 0, "must be above 0");

export const flag = z
  .enum(["true", "false"], { error: "must be true or false" })
  .transform((value) => value === "true");

export const port = integer(1, 65_535);

const isUrl = (value: string, protocols: string[]) => protocols.includes(URL.parse(value)?.protocol ?? "");

/** A query, a fragment or a login, none of which is left where a path is put behind it. */
const hasMore = (value: string) => {
  const { search = "", hash = "", username = "", password = "" } = URL.parse(value) ?? {};
  return /[?#]/.test(value) || search + hash + username + password !== "";
};

/** An absolute URL with one of the protocols, which paths are put behind; a trailing slash is dropped. */
export const url = (...protocols: string[]) =>
  z
    .string()
    .refine(
      (value) => isUrl(value, protocols),
      `must be a URL that starts with ${protocols.map((p) => `${p}//`).join(" or ")}`,
    )
    .refine((value) => !hasMore(value), "must end with its host or its path, and hold no login")
    .transform((value) => new URL(value).href.replace(/\/+$/, ""));

/** ISO 3166-1 alpha-2 codes separated by commas, or `*` for every country. */
export const countries = z
  .string()
  .transform((value) => value.split(",").map((part) => part.trim().toUpperCase()))
  .refine(
    (list) => (list.length === 1 && list[0] === "*") || list.every((code) => /^[A-Z]{2}$/.test(code)),
    "must be two-letter country codes separated by commas, such as US,GB,FR (or * in development)",
  );

/** An address, or a range of them in CIDR notation; not every one there is. */
function isAddressOrRange(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const most = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  if (most === 0 || more.length > 0 || address.includes("%")) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= most);
}

/** Whose word on a client's address is believed: addresses and ranges separated by commas, or how many proxies there are. */
export const proxies = z.string().transform((value, context): number | string[] => {
  if (/^[1-9]$/.test(value.trim())) return Number(value);
  const list = value.split(",").map((part) => part.trim());
  if (list.every(isAddressOrRange)) return list;
  context.addIssue({
    code: "custom",
    message:
      "must be addresses or ranges separated by commas, such as 10.0.0.0/8,::1, or a number of proxies from 1 to 9",
    input: undefined,
  });
  return z.NEVER;
});

/** Pairs `name=value` separated by commas, each read by `read`, which gives undefined for what it cannot read. */
const pairs = <Value>(read: (value: string) => Value | undefined, message: string) =>
  z.string().transform((text, context): Record<string, Value> => {
    const found: Record<string, Value> = {};
    const wrong: string[] = [];
    const twice = new Set<string>();
    for (const [index, part] of text.split(",").entries()) {
      const [, name, value = ""] = /^\s*([A-Za-z0-9*-]{1,40})\s*=(.*)$/s.exec(part) ?? [];
      const known = read(value.trim());
      if (name !== undefined && Object.hasOwn(found, name)) twice.add(name);
      if (name === undefined || known === undefined) wrong.push(`entry ${index + 1}${name ? ` (${name})` : ""}`);
      else found[name] = known;
    }
    if (wrong.length === 0 && twice.size === 0) return found;
    const problems = [
      ...(wrong.length > 0 ? [`${message}; not so: ${wrong.join(", ")}`] : []),
      ...(twice.size > 0 ? [`names ${[...twice].join(", ")} more than once`] : []),
    ];
    context.addIssue({ code: "custom", message: problems.join("; "), input: undefined });
    return z.NEVER;
  });

/** `prefix=20/3600,sweep=off`: limit and window in seconds of policies, or that they are off. */
export const limits = pairs((value) => {
  const [, limit, seconds] = /^(\d{1,9})\/(\d{1,6})$/.exec(value) ?? [];
  if (value === "off") return false as const;
  return limit && seconds ? { limit: Number(limit), windowSeconds: Number(seconds) } : undefined;
}, "must name policies with limit/seconds or off, such as prefix=20/3600,sweep=off");

const PRICE = /^(\d{1,6}(?:\.\d{1,6})?)(?:\/(\d{1,6}(?:\.\d{1,6})?))?$/;

/** `US=0.0079,GB=0.04/0.02,*=0.1`: what a message, and after the slash a call, costs by country. */
export const prices = pairs((value) => {
  const [, sms, call = sms] = PRICE.exec(value) ?? [];
  return sms === undefined ? undefined : { sms: Number(sms), call: Number(call) };
}, "must name countries with the price of a message and of a call, such as US=0.0079,GB=0.04/0.02,*=0.1");

/** An amount of money above 0, in whatever unit. */
export const amount = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,6})?$/, "must be an amount, such as 50 or 0.5")
  .transform(Number)
  .refine((value) => value > 0, "must be above 0");

/** Names separated by commas. */
export const names = z
  .string()
  .transform((value) =>
    value
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  )
  .refine((list) => list.length > 0, "must name at least one");

export interface Secret {
  /** Names the key in stored records, so that it can be rotated. */
  kid: string;
  /** At least 32 bytes. */
  key: Buffer;
}

const MIN_SECRET_BYTES = 32;
/** 32 random bytes hold about 30 distinct values; text that somebody typed, or a repeated pattern, holds far fewer. */
const MIN_DISTINCT_BYTES = 16;
export const looksRandom = (key: Buffer): boolean => new Set(key).size >= MIN_DISTINCT_BYTES;

/** `WATCHWORD_SECRETS`: a keyring `kid:base64,kid:base64`; the first key writes, all of them read. */
export const secrets = z.string().transform((value, context): Secret[] => {
  const refuse = (message: string): never => {
    context.addIssue({ code: "custom", message, input: undefined });
    return z.NEVER;
  };
  const ring: Secret[] = [];
  for (const [index, entry] of value.split(",").entries()) {
    const match = /^([A-Za-z0-9]{1,16}):([A-Za-z0-9+/_-]+={0,2})$/.exec(entry.trim());
    if (!match?.[1] || !match[2])
      return refuse(`entry ${index + 1} must look like name:base64, the name up to 16 letters and digits`);
    const key = Buffer.from(match[2], "base64");
    if (key.length < MIN_SECRET_BYTES)
      return refuse(
        `entry ${index + 1} is too short: it needs ${MIN_SECRET_BYTES} random bytes (openssl rand -base64 32)`,
      );
    if (!looksRandom(key))
      return refuse(`entry ${index + 1} is too weak: its bytes are not random (openssl rand -base64 32)`);
    ring.push({ kid: match[1], key });
  }
  if (new Set(ring.map(({ kid }) => kid)).size !== ring.length) return refuse("two entries have the same name");
  return ring;
});
