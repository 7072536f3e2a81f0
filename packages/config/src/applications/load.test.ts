import { describe, expect, test } from "vitest";
import { fileOf, forApi, forWorker, least, newHash, newWebhookSecret } from "../testing/applications-file.fixture.ts";
import { hashApiKey } from "./api-key.ts";

const one = (application: object) => fileOf({ applications: [application] });

describe("without a file", () => {
  test("there is one application, as the environment says", () => {
    const environment = {
      API_KEY: "a key of the environment".replaceAll(" ", "-"),
      OTP_LENGTH: "8",
      OTP_EXPIRY_SECONDS: "120",
      OTP_MAX_ATTEMPTS: "4",
      RESEND_GAP_SECONDS: "45",
      RETENTION_SECONDS: "600",
      FALLBACK_AFTER_SECONDS: "20",
      VOICE_FALLBACK: "off",
      ALLOWED_COUNTRIES: "US,GB",
      ALLOW_UNASSIGNED_NUMBERS: "false",
      TELNYX_VOICE_CONNECTION_ID: "1",
      BRAND: "Acme",
      AUTOFILL_HOST: "login.example.com",
      PRICES: "*=0.1",
      DAILY_BUDGET: "40.5",
    };
    expect(forApi(undefined, environment)).toEqual([
      {
        id: "default",
        name: undefined,
        keyHashes: [hashApiKey(environment.API_KEY)],
        settings: {
          codeLength: 8,
          customCodes: false,
          expirySeconds: 120,
          maxAttempts: 4,
          resendGapSeconds: 45,
          retentionSeconds: 600,
          workflow: [
            { channel: "sms", carrier: "telnyx", patienceSeconds: 20 },
            { channel: "call", carrier: "telnyx", patienceSeconds: 20 },
          ],
          fallback: false,
          allowedCountries: ["US", "GB"],
          allowUnassigned: false,
        },
        limits: {},
        dailyBudget: 40.5,
        events: [],
        returnUrls: [],
      },
    ]);
    expect(forWorker(undefined, environment)).toEqual([
      {
        id: "default",
        name: undefined,
        brand: "Acme",
        autofillHost: "login.example.com",
        texts: {},
        settings: { expirySeconds: 120, allowedCountries: ["US", "GB"] },
        limits: {},
        dailyBudget: 40.5,
        webhook: undefined,
      },
    ]);
  });

  test("nobody is called where no voice is set up", () => {
    expect(forApi(undefined)[0]?.settings.workflow.map(({ channel }) => channel)).toEqual(["sms"]);
  });
});

describe("an application in the file", () => {
  test("that says no more than it has to is otherwise as the environment says", () => {
    const environment = { OTP_LENGTH: "9", ALLOWED_COUNTRIES: "FR", AUTOFILL_HOST: "example.com", BRAND: "Acme" };
    const [alone] = forApi(undefined, environment);
    const hash = newHash();
    const path = one({ id: "shop", brand: "Shop", api_key_hashes: [hash] });
    expect(forApi(path, environment)).toEqual([{ ...alone, id: "shop", keyHashes: [hash.slice("sha256:".length)] }]);
    const [forWork] = forWorker(undefined, environment);
    expect(forWorker(path, environment)).toEqual([{ ...forWork, id: "shop", brand: "Shop" }]);
  });

  test("is as it says, whatever the environment says", () => {
    const secrets = [newWebhookSecret(), newWebhookSecret()];
    const path = one(
      least({
        name: "Web shop",
        code: { length: 4, life_seconds: 600, attempts: 10, custom: true },
        resend_gap_seconds: 0,
        retention_seconds: 2_592_000,
        workflow: [{ channel: "call", carrier: "telnyx", patience_seconds: 600 }, { channel: "sms" }],
        fallback: false,
        countries: ["us", "GB"],
        allow_unassigned_numbers: false,
        limits: { "number-15m": { limit: 3, window_seconds: 60 }, "number-24h": false },
        daily_budget: 0.5,
        autofill_origin: "https://Login.Example.com/",
        texts: { "pt-BR": { sms: "{code}" } },
        webhook: { url: "http://127.0.0.1:9/hook", secrets, events: ["verification.approved"] },
        return_urls: ["https://example.com/done?a=1"],
      }),
    );
    const environment = {
      TELNYX_VOICE_CONNECTION_ID: "1",
      FALLBACK_AFTER_SECONDS: "77",
      OTP_LENGTH: "6",
      PRICES: "*=0.1",
      DAILY_BUDGET: "50",
    };
    expect(forApi(path, environment)[0]).toMatchObject({
      id: "shop",
      name: "Web shop",
      settings: {
        codeLength: 4,
        customCodes: true,
        expirySeconds: 600,
        maxAttempts: 10,
        resendGapSeconds: 0,
        retentionSeconds: 2_592_000,
        workflow: [
          { channel: "call", carrier: "telnyx", patienceSeconds: 600 },
          { channel: "sms", carrier: "telnyx", patienceSeconds: 77 },
        ],
        fallback: false,
        allowedCountries: ["US", "GB"],
        allowUnassigned: false,
      },
      limits: { "number-15m": { limit: 3, windowSeconds: 60 }, "number-24h": false },
      dailyBudget: 0.5,
      events: ["verification.approved"],
      returnUrls: ["https://example.com/done?a=1"],
    });
    expect(forWorker(path, environment)[0]).toMatchObject({
      brand: "Shop",
      autofillHost: "login.example.com",
      texts: { "pt-BR": { sms: "{code}" } },
      settings: { expirySeconds: 600, allowedCountries: ["US", "GB"] },
      dailyBudget: 0.5,
      webhook: { secrets: secrets.map((secret) => Buffer.from(secret.slice(6), "base64")) },
    });
  });

  test("may have no autofill where the environment has one", () => {
    const path = one(least({ autofill_origin: null }));
    expect(forWorker(path, { AUTOFILL_HOST: "example.com" })[0]?.autofillHost).toBeUndefined();
  });

  test("has the environment's budget where its own is null", () => {
    const path = one(least({ daily_budget: null }));
    const environment = { PRICES: "*=0.1", DAILY_BUDGET: "50" };
    expect(forApi(path, environment)[0]?.dailyBudget).toBe(50);
    expect(forWorker(path, environment)[0]?.dailyBudget).toBe(50);
    expect(forApi(path)[0]?.dailyBudget).toBeUndefined();
  });

  test("shows the API no secret of its webhook, and the worker no key", () => {
    const secret = newWebhookSecret();
    const hash = newHash();
    const path = one(least({ api_key_hashes: [hash], webhook: { url: "https://example.com", secrets: [secret] } }));
    const bytes = JSON.stringify(Buffer.from(secret.slice(6), "base64"));
    expect(JSON.stringify(forWorker(path))).toContain(bytes);
    expect(JSON.stringify(forApi(path))).not.toContain(bytes);
    expect(JSON.stringify(forWorker(path))).not.toContain(hash.slice("sha256:".length));
  });

  test("has its keys in small letters, however they are written", () => {
    const hash = newHash();
    const path = one(least({ api_key_hashes: [hash.toUpperCase().replace("SHA", "sha"), newHash()] }));
    expect(forApi(path)[0]?.keyHashes[0]).toBe(hash.slice("sha256:".length));
  });

  test("may be the default one, among others; the environment's key is none of theirs", () => {
    const path = fileOf({ applications: [least({ id: "default" }), least({ id: "other" })] });
    const applications = forApi(path, { API_KEY: "k".repeat(24) });
    expect(applications.map(({ id }) => id)).toEqual(["default", "other"]);
    expect(applications.flatMap(({ keyHashes }) => keyHashes)).not.toContain(hashApiKey("k".repeat(24)));
  });

  test("is read from a file with a byte order mark too", () => {
    expect(forApi(fileOf(`\uFEFF${JSON.stringify({ applications: [least()] })}`))).toHaveLength(1);
  });
});
