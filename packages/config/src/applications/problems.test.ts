import { randomBytes } from "node:crypto";
import { policyNames } from "@watchword/otp-core";
import { describe, expect, test } from "vitest";
import { ConfigError } from "../load.ts";
import {
  fileOf,
  forApi,
  forWorker,
  least,
  newHash,
  newWebhookSecret,
  production,
  refusal,
} from "../testing/applications-file.fixture.ts";

const refusalOf = (content: unknown, environment = {}) => refusal(() => forApi(fileOf(content), environment));
const refusalWith = (more: object, environment = {}) => refusalOf({ applications: [least(more)] }, environment);

const SECRET = "hunter2Secret";

describe("a file is refused, by the place of what is wrong,", () => {
  test.each<[more: object, problem: string]>([
    [{ id: undefined }, "id is missing"],
    [{ id: "two words" }, "id must be up to 64"],
    [{ id: "a".repeat(65) }, "id must be up to 64"],
    [{ id: ".hidden" }, "id must be up to 64"],
    [{ id: 7 }, "id must be text"],
    [{ brand: undefined }, "brand is missing"],
    [{ brand: " " }, "brand must not be empty"],
    [{ brand: "b".repeat(41) }, "brand must be at most 40 characters"],
    [{ api_key_hashes: undefined }, "api_key_hashes is missing"],
    [{ api_key_hashes: [] }, "api_key_hashes must hold at least one"],
    [{ api_key_hashes: newHash() }, "api_key_hashes must be a list"],
    [{ api_key_hashes: [newHash(), "ww_a_key_and_not_its_hash"] }, "api_key_hashes[1] must be sha256: and 64"],
    [{ api_key_hashes: [newHash().slice(0, -1)] }, "api_key_hashes[0] must be sha256: and 64"],
    [
      { api_key_hashes: ["sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"] },
      "api_key_hashes[0] is of an empty key",
    ],
    [{ code: { length: 3 } }, "code.length must be a whole number from 4 to 10"],
    [{ code: { length: 11 } }, "code.length must be a whole number from 4 to 10"],
    [{ code: { length: 6.5 } }, "code.length must be a whole number from 4 to 10"],
    [{ code: { length: "6" } }, "code.length must be a whole number from 4 to 10"],
    [{ code: { length: null } }, "code.length must be a whole number from 4 to 10"],
    [{ code: { life_seconds: 59 } }, "code.life_seconds must be a whole number from 60 to 600"],
    [{ code: { life_seconds: 601 } }, "code.life_seconds must be a whole number from 60 to 600"],
    [{ code: { attempts: 0 } }, "code.attempts must be a whole number from 1 to 10"],
    [{ code: { custom: "no" } }, "code.custom must be true or false"],
    [{ code: 6 }, "code must be an object"],
    [{ code: { digits: 6 } }, "code.digits is not a known field"],
    [{ resend_gap_seconds: -1 }, "resend_gap_seconds must be a whole number from 0 to 600"],
    [{ retention_seconds: 599 }, "retention_seconds must be a whole number from 600 to 2592000"],
    [{ workflow: [] }, "workflow must have at least one step"],
    [{ workflow: [{ channel: "whatsapp" }] }, "workflow[0].channel must be sms or call"],
    [{ workflow: [{ channel: "sms", carrier: "twilio" }] }, "workflow[0].carrier must be telnyx"],
    [{ workflow: [{ carrier: "telnyx" }] }, "workflow[0].channel is missing"],
    [{ workflow: [{ channel: "sms", patience_seconds: 0 }] }, "workflow[0].patience_seconds must be a whole number"],
    [
      { workflow: [{ channel: "sms" }, { channel: "call" }] },
      "workflow[1].channel is call, which needs TELNYX_VOICE_CONNECTION_ID to be set",
    ],
    [{ fallback: "on" }, "fallback must be true or false"],
    [{ countries: [] }, "countries must name at least one"],
    [{ countries: ["US", "UK"] }, "countries[1] is not a country by ISO 3166"],
    [{ countries: ["USA"] }, "countries[0] must be a two-letter country code"],
    [{ countries: ["*", "US"] }, "countries must be * alone or countries"],
    [{ limits: { "number-15m": true } }, "limits.number-15m must be false or {"],
    [{ limits: { "number-15m": { limit: 0, window_seconds: 60 } } }, "limits.number-15m.limit must be a whole number"],
    [{ limits: { "number-15m": { limit: 5 } } }, "limits.number-15m must be false or {"],
    [
      { limits: { "number-15m": { limit: 201, window_seconds: 60 } } },
      "limits.number-15m.limit must be a whole number from 1 to 200",
    ],
    [
      { limits: { address: { limit: 5, window_seconds: 59 } } },
      "limits.address.window_seconds must be a whole number from 60 to 86400",
    ],
    [
      { limits: { "number-lock": false } },
      'limits.number-lock must be {"limit", "window_seconds"}: it cannot be turned off',
    ],
    [
      { limits: { "number-lock": { limit: 101, window_seconds: 900 } } },
      "limits.number-lock.limit must be a whole number from 1 to 100",
    ],
    [{ limits: { Number_15m: false } }, "limits.Number_15m is no policy; there are number-15m, number-24h, "],
    [{ daily_budget: 5 }, "daily_budget needs PRICES to be set"],
    [{ daily_budget: 0 }, "daily_budget must be an amount above 0"],
    [{ daily_budget: -1 }, "daily_budget must be an amount above 0"],
    [{ daily_budget: 1e12 }, "daily_budget must be an amount above 0"],
    [{ daily_budget: "5" }, "daily_budget must be an amount above 0"],
    [{ daily_budget: false }, "daily_budget must be an amount above 0"],
    [{ autofill_origin: "login.example.com" }, "autofill_origin must be null or an https origin"],
    [{ autofill_origin: "http://login.example.com" }, "autofill_origin must be null or an https origin"],
    [{ autofill_origin: "https://login.example.com/path" }, "autofill_origin must be null or an https origin"],
    [{ autofill_origin: "https://login.example.com:8443" }, "autofill_origin must be null or an https origin"],
    [{ autofill_origin: "https://localhost" }, "autofill_origin must be null or an https origin"],
    [{ texts: { english_us: { sms: "x" } } }, "texts.english_us must be named after a language"],
    [{ texts: { en: { sms: "" } } }, "texts.en.sms must not be empty"],
    [{ texts: { en: { sms: "Your code" } } }, "texts.en.sms must hold {code}"],
    [{ texts: { "pt-BR": { sms: "{code} {nome}" } } }, "texts.pt-BR.sms has an unknown placeholder"],
    [{ texts: { en: { email: "{code}" } } }, "texts.en.email is not a known text"],
    [{ texts: { en: { sms: "{code}" }, EN: { sms: "{code}!" } } }, "texts.EN is there twice"],
    [{ texts: { en: { sms: "{code}\u0000" } } }, "texts.en.sms holds a character that is not seen"],
    [{ texts: { en: { spoken: "\u202e{code}" } } }, "texts.en.spoken holds a character that is not seen"],
    [{ brand: "Two\nlines" }, "brand must be text of one line"],
    [{ texts: { en: { spoken: "Your code" } } }, "texts.en.spoken must hold {code}"],
    [{ texts: { en: { spoken_context: "{code} {payee}" } } }, "texts.en.spoken_context must hold {amount}"],
    [{ texts: { sv: { spoken: "{code}" } } }, "texts.sv.spoken is in a language without a voice"],
    [{ texts: { en: { spoken: `${"x".repeat(573)}{code}` } } }, "texts.en.spoken is said in 601 characters"],
    [{ texts: { de: { sms: `${"x".repeat(151)}{code}` } } }, "texts.de.sms takes 2 segments"],
    [{ texts: { de: { sms: `${"ж".repeat(61)}{code}` } } }, "texts.de.sms takes 2 segments"],
    [
      { code: { length: 4, custom: true }, texts: { de: { sms: `${"x".repeat(151)}{code}` } } },
      "texts.de.sms takes 2 segments",
    ],
    [{ brand: "Ж".repeat(40), texts: { de: { sms: `${"x".repeat(21)}{code}{brand}` } } }, "texts.de.sms takes 2"],
    [{ texts: { de: { sms_context: "{code} {amount}" } } }, "texts.de.sms_context must hold {payee}"],
    [
      { allow_long_texts: ["fr"], texts: { de: { sms: `${"x".repeat(151)}{code}` } } },
      "texts.de.sms takes 2 segments at its longest: shorten it, or name its language in allow_long_texts",
    ],
    [{ allow_long_texts: ["de_DE"] }, "allow_long_texts[0] must be named after a language"],
    [{ texts: { en: "x" } }, "texts.en must be an object"],
    [{ webhook: { url: "https://example.com" } }, "webhook.secrets is missing"],
    [{ webhook: { url: "https://example.com", secrets: [] } }, "webhook.secrets must hold at least one"],
    [{ webhook: { url: "ftp://x", secrets: [newWebhookSecret()] } }, "webhook.url must be an https or http URL"],
    [{ webhook: { url: "https://a:b@x.com", secrets: [newWebhookSecret()] } }, "webhook.url must be an https or http"],
    [{ webhook: { url: "https://example.com", secrets: ["secret"] } }, "webhook.secrets[0] must be whsec_ and base64"],
    [
      { webhook: { url: "https://example.com", secrets: [`whsec_${Buffer.alloc(23, SECRET).toString("base64")}`] } },
      "webhook.secrets[0] must hold 24 to 64 bytes",
    ],
    [
      { webhook: { url: "https://example.com", secrets: [`whsec_${randomBytes(65).toString("base64")}`] } },
      "webhook.secrets[0] must hold 24 to 64 bytes",
    ],
    [
      { webhook: { url: "https://example.com", secrets: [newWebhookSecret().slice(0, -3)] } },
      "webhook.secrets[0] must be whsec_ and base64",
    ],
    [
      { webhook: { url: "https://example.com", secrets: [`whsec_${Buffer.alloc(24, "abcdef").toString("base64")}`] } },
      "webhook.secrets[0] is too weak: its bytes are not random",
    ],
    [
      { webhook: { url: "https://example.com", secrets: [`whsec_${Buffer.alloc(32).toString("base64")}`] } },
      "webhook.secrets[0] is too weak: its bytes are not random",
    ],
    [
      { webhook: { url: "https://example.com", secrets: [newWebhookSecret()], events: ["a b"] } },
      "webhook.events[0] must be one of verification.approved, verification.failed",
    ],
    [
      {
        webhook: {
          url: "https://example.com",
          secrets: [newWebhookSecret()],
          events: ["delivery.sent", "verification.aproved"],
        },
      },
      "webhook.events[1] must be one of verification.approved, verification.failed, verification.canceled, verification.undeliverable, delivery.sent, delivery.delivered, delivery.failed",
    ],
    [{ return_urls: ["javascript:alert(1)"] }, "return_urls[0] must be an https or http URL"],
    [{ return_urls: "https://example.com" }, "return_urls must be a list"],
    [{ colour: "red" }, "colour is not a known field"],
  ])("for %j", (more, problem) => {
    expect(refusalWith(more)).toEqual([expect.stringContaining(`applications[0].${problem}`)]);
  });

  test.each<[why: string, content: unknown, problem: string]>([
    ["that is empty", "", "APPLICATIONS_FILE is not JSON"],
    ["that is a list", [least()], "APPLICATIONS_FILE must be an object"],
    ["without applications", { applications: [] }, "applications must hold at least one"],
    [
      "with a field of its own",
      { applications: [least()], version: 1 },
      "APPLICATIONS_FILE version is not a known field",
    ],
    ["with a comment", '{\n  // mine\n  "applications": []\n}', "APPLICATIONS_FILE is not JSON (line 2 column 3)"],
    [
      "with a prototype",
      `{"applications": [${JSON.stringify(least())}], "__proto__": {}}`,
      "__proto__ is not a known field",
    ],
    ["with something else in it", { applications: ["shop"] }, "applications[0] must be an object"],
  ])("%s", (_why, content, problem) => {
    expect(refusalOf(content)).toEqual([expect.stringContaining(problem)]);
  });

  test("when it cannot be read", () => {
    expect(refusal(() => forApi("/nowhere/applications.json"))).toEqual([expect.stringContaining("(ENOENT)")]);
  });

  test("with every problem at once", () => {
    const hash = newHash();
    const applications = [
      least({ id: "a", api_key_hashes: [hash], code: { length: 3, attempts: 99 }, limits: { prefixes: false } }),
      least({ id: "a", api_key_hashes: [newHash(), hash.toUpperCase().replace("SHA", "sha")], brand: "" }),
      least({
        id: "c",
        api_key_hashes: [hash, hash],
        countries: ["XX"],
        nonsense: 1,
        limits: { "number-lock": false },
      }),
    ];
    expect(refusalOf({ applications, more: true }).toSorted()).toEqual([
      "APPLICATIONS_FILE more is not a known field",
      "applications[0].code.attempts must be a whole number from 1 to 10",
      "applications[0].code.length must be a whole number from 4 to 10",
      `applications[0].limits.prefixes is no policy; there are ${policyNames.join(", ")}`,
      "applications[1].api_key_hashes[1] is that of applications[0] too",
      "applications[1].brand must not be empty",
      "applications[1].id is that of applications[0] too",
      "applications[2].api_key_hashes holds one hash twice",
      "applications[2].api_key_hashes[0] is that of applications[0] too",
      "applications[2].api_key_hashes[1] is that of applications[0] too",
      "applications[2].countries[0] is not a country by ISO 3166",
      'applications[2].limits.number-lock must be {"limit", "window_seconds"}: it cannot be turned off',
      "applications[2].nonsense is not a known field",
    ]);
  });

  test.each([
    [{ texts: { de: { sms: `${"x".repeat(156)}{code}` } }, code: { length: 4 } }],
    [{ texts: { de: { sms: `${"x".repeat(150)}{code}` } } }],
    [{ texts: { de: { sms: `${"x".repeat(900)}{code}` } }, allow_long_texts: ["de"] }],
    [{ texts: { de: { spoken: `${"x".repeat(572)}{code}` }, "en-GB": { spoken_context: "{code} {amount} {payee}" } } }],
    [{ texts: { ja: { sms: "{brand} {code}", sms_context: "{code}: {amount}, {payee}" } } }],
  ])("and not for %j", (more) => {
    expect(forWorker(fileOf({ applications: [least(more)] }))).toHaveLength(1);
  });

  test("by the worker as by the API", () => {
    const texts = { en: { sms: "no code" } };
    const path = fileOf({ applications: [least({ code: { length: 3 }, webhook: {}, texts })] });
    expect(refusal(() => forWorker(path))).toEqual(refusal(() => forApi(path)));
  });

  test("and where the environment names no countries, for an application that names none either", () => {
    const path = fileOf({ applications: [least({ id: "a" }), least({ id: "b", countries: ["US"] })] });
    for (const load of [forApi, forWorker]) {
      expect(refusal(() => load(path, production))).toEqual([
        "applications[0].countries is missing, and so is ALLOWED_COUNTRIES",
      ]);
      expect(load(path, { ...production, ALLOWED_COUNTRIES: "GB" })[0]?.settings.allowedCountries).toEqual(["GB"]);
    }
  });
});

describe("what is wrong is never shown itself", () => {
  const everywhere = {
    id: `${SECRET} `,
    name: [SECRET],
    brand: SECRET.repeat(9),
    api_key_hashes: [SECRET, `sha256:${SECRET}`],
    code: SECRET,
    workflow: [{ channel: SECRET, carrier: SECRET, patience_seconds: SECRET }],
    countries: [SECRET],
    limits: { "number-15m": SECRET },
    autofill_origin: SECRET,
    texts: { en: { sms: [SECRET] }, de: { sms: SECRET }, fr: { sms: `{code}{${SECRET}}` } },
    webhook: { url: SECRET, secrets: [`whsec_${SECRET}`, SECRET], events: [`${SECRET} `] },
    return_urls: [SECRET],
    [`${SECRET}+/=`]: 1,
  };
  test.each<[why: string, content: unknown]>([
    ["in a field", { applications: [everywhere, everywhere] }],
    ["in text that is not JSON", `{"applications": [{"webhook": {"secrets": ["${SECRET}" "${SECRET}"]}}]}`],
    ["in a value that JSON does not know", `{"applications": ${SECRET}}`],
    ["in text that does not end", `{"applications": ["${SECRET}`],
  ])("%s", (_why, content) => {
    const path = fileOf(content);
    for (const load of [forApi, forWorker]) {
      const error = (() => {
        try {
          return load(path) as never;
        } catch (caught) {
          return caught as ConfigError;
        }
      })();
      expect(error).toBeInstanceOf(ConfigError);
      expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toContain(SECRET);
      expect(error.message).not.toMatch(/invalid|expected|received|undefined/i);
    }
  });
});

describe("production", () => {
  const environment = { ...production, ALLOWED_COUNTRIES: "US" };

  test("needs no API_KEY where there is a file", () => {
    expect(forApi(fileOf({ applications: [least()] }), environment)).toHaveLength(1);
    expect(refusal(() => forApi(undefined, environment))).toEqual(["API_KEY is missing"]);
  });

  test.each<[more: object, problem: string]>([
    [{ countries: ["*"] }, "countries[0] is every country"],
    [
      { webhook: { url: "http://example.com", secrets: [newWebhookSecret()] } },
      "webhook.url must be an https URL without a login and a fragment",
    ],
    [{ return_urls: ["http://example.com"] }, "return_urls[0] must be an https URL"],
  ])("refuses %j, which development takes", (more, problem) => {
    expect(forApi(fileOf({ applications: [least(more)] }))).toHaveLength(1);
    expect(refusalWith(more, environment)).toEqual([expect.stringContaining(problem)]);
  });
});
