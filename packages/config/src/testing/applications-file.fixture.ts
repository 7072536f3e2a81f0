import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { problemOfOwnText } from "@watchword/messages";
import { contextBounds, eventTypes, isKnownCountry, limitBounds } from "@watchword/otp-core";
import { onTestFinished } from "vitest";
import { hashApiKey, makeApiKey } from "../applications/api-key.ts";
import type { ApplicationsKnowledge } from "../applications/fields.ts";
import { loadApplications } from "../applications/load.ts";
import type { ApiApplication, WorkerApplication } from "../applications/resolve.ts";
import { ConfigError, loadConfig } from "../load.ts";

export type Environment = Record<string, string | undefined>;

/** Writes a file of its own for the test: an object as JSON, text as it is. */
export function fileOf(content: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), "watchword-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "applications.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

export const newHash = (): string => `sha256:${hashApiKey(makeApiKey())}`;
export const newWebhookSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;

/** As little as an application may say. */
export const least = (more: object = {}): object => ({
  id: "shop",
  brand: "Shop",
  api_key_hashes: [newHash()],
  ...more,
});

const knowledge: ApplicationsKnowledge = {
  isKnownCountry,
  problemOfOwnText: (text) => problemOfOwnText(text, contextBounds),
  eventTypes,
  limitBounds,
};

export const forApi = (path: string | undefined, environment: Environment = {}): ApiApplication[] =>
  loadApplications("api", loadConfig("api", { ...environment, APPLICATIONS_FILE: path }), knowledge);

export const forWorker = (path: string | undefined, environment: Environment = {}): WorkerApplication[] =>
  loadApplications("worker", loadConfig("worker", { ...environment, APPLICATIONS_FILE: path }), knowledge);

/** What is wrong, as `path message` without the name of the setting. */
export function refusal(load: () => unknown): string[] {
  try {
    load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ variable, message }) =>
      `${variable} ${message}`.replace(/^APPLICATIONS_FILE (?=applications)/, ""),
    );
  }
  throw new Error("it was taken");
}

/** What production needs besides a file. */
export const production: Environment = {
  WATCHWORD_ENV: "production",
  WATCHWORD_SECRETS: `2026:${randomBytes(32).toString("base64")}`,
  REDIS_URL: "redis://redis:6379",
  PUBLIC_URL: "https://verify.example.com",
  TELNYX_API_KEY: "KEY0123456789",
  TELNYX_PUBLIC_KEY: randomBytes(32).toString("base64"),
  TELNYX_PHONE_NUMBER: "+12025550100",
};
