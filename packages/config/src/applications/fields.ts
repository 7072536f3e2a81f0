import type { LimitBounds } from "@watchword/otp-core";
import { z } from "zod";
import { developmentDefaults } from "../development.ts";
import { host, looksRandom } from "../values.ts";
import { hashApiKey, KEY_HASH_PREFIX } from "./api-key.ts";

/** A text of an application's own, with what decides whether it may be sent. */
interface DeclaredText {
  /** As a BCP 47 tag. */
  language: string;
  name: string;
  template: string;
  brand: string;
  /** Digits of the longest code that it may be sent with. */
  codeLength: number;
  /** Whether it may take more than one SMS. */
  mayBeLong: boolean;
}

/** What this package has others decide, which it does not load. */
export interface ApplicationsKnowledge {
  /** Whether numbers are known by this ISO 3166-1 alpha-2 code; see `otp-core`. */
  isKnownCountry: (code: string) => boolean;
  /** What is wrong with a text, never quoting it; see `messages`. */
  problemOfOwnText: (text: DeclaredText) => string | undefined;
  /** What an application can be told of; see `otp-core`. */
  eventTypes: readonly string[];
  /** Within what an application may change each policy; see `otp-core`. */
  limitBounds: Readonly<Record<string, LimitBounds>>;
}

/** What decides, besides the file itself, whether it is good. */
export interface ApplicationsContext extends ApplicationsKnowledge {
  production: boolean;
  /** Whether the operator has set up voice calls. */
  voice: boolean;
  /** Whether the environment says what an application that names no countries may send to. */
  countriesKnown: boolean;
  /** Whether the environment says what messages cost. */
  pricesKnown: boolean;
}

/** What opens the applications of the example: public, so production refuses it. */
const PUBLIC_KEYS = [developmentDefaults({}).API_KEY ?? "", "ww_dev_other_key"];
const publicHashes = new Set(PUBLIC_KEYS.map(hashApiKey));
const EXAMPLE_WEBHOOK_SECRET = "whsec_ZXhhbXBsZSBvbmx5OiBtYWtlIHlvdXIgb3duIQ==";
/** Standard Webhooks, section "Signature scheme". */
const WEBHOOK_SECRET_BYTES = { min: 24, max: 64 };

export const wholeNumber = ([min, max]: readonly [number, number]) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return z.int(message).min(min, message).max(max, message);
};

const AMOUNT = "must be an amount above 0, up to 999999999, such as 50 or 0.5";

/** An amount of money in the unit of PRICES; null is what the environment says. */
export const budget = ({ pricesKnown }: ApplicationsContext) =>
  z
    .number(AMOUNT)
    .min(0.000001, AMOUNT)
    .max(999_999_999, AMOUNT)
    .refine(() => pricesKnown, "needs PRICES to be set")
    .nullable();

export const keyHash = ({ production }: ApplicationsContext) =>
  z
    .string()
    .regex(
      new RegExp(`^${KEY_HASH_PREFIX}[0-9a-f]{64}$`, "i"),
      `must be ${KEY_HASH_PREFIX} and 64 hexadecimal digits, as npm run key prints it`,
    )
    .transform((value) => value.slice(KEY_HASH_PREFIX.length).toLowerCase())
    .refine((value) => !(production && publicHashes.has(value)), "is of a public development key")
    .refine((value) => value !== hashApiKey(""), "is of an empty key");

export const country = ({ production, isKnownCountry }: ApplicationsContext) =>
  z
    .string()
    .regex(/^(\*|[A-Za-z]{2})$/, "must be a two-letter country code, such as US")
    .toUpperCase()
    .refine((code) => !/^[A-Z]{2}$/.test(code) || isKnownCountry(code), "is not a country by ISO 3166")
    .refine((code) => !(production && code === "*"), "is every country: production names those that it sends to");

/** An absolute URL over TLS; http too where people develop. */
export const webAddress = ({ production }: ApplicationsContext) => {
  const protocols = production ? ["https:"] : ["https:", "http:"];
  const isAddress = (value: string) => {
    const url = URL.parse(value);
    return url !== null && protocols.includes(url.protocol) && !url.username && !url.password && !url.hash;
  };
  const message = `must be an ${production ? "https" : "https or http"} URL without a login and a fragment`;
  return z.string().max(2000, "must be at most 2000 characters").refine(isAddress, message);
};

/** The origin of a site, as its host. */
export const autofillOrigin = z.string().transform((value, context) => {
  const url = URL.parse(value);
  const isOrigin = url?.protocol === "https:" && url.port === "" && url.href === `${url.origin}/`;
  if (isOrigin && host.safeParse(url.hostname).success) return url.hostname;
  context.addIssue({ code: "custom", message: "must be an https origin such as https://login.example.com" });
  return z.NEVER;
});

export const webhookSecret = ({ production }: ApplicationsContext) =>
  z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/, "must be whsec_ and base64")
    .refine((value) => !(production && value === EXAMPLE_WEBHOOK_SECRET), "is the public one of the example")
    .transform((value, context): Buffer => {
      const base64 = value.slice("whsec_".length);
      const key = Buffer.from(base64, "base64");
      const { min, max } = WEBHOOK_SECRET_BYTES;
      const isWhole = key.toString("base64").replaceAll("=", "") === base64.replaceAll("=", "");
      const isLong = key.length >= min && key.length <= max;
      if (isWhole && isLong && looksRandom(key)) return key;
      const wrong = !isWhole
        ? "must be whsec_ and base64, none of it cut off"
        : isLong
          ? "is too weak: its bytes are not random"
          : `must hold ${min} to ${max} bytes`;
      context.addIssue({ code: "custom", message: `${wrong} (echo whsec_$(openssl rand -base64 32))` });
      return z.NEVER;
    });
