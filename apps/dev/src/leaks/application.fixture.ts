import { createHash, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { API_KEY } from "../chaos/api-client.ts";
import type { Run } from "../chaos/run.ts";

/** Ten digits, so that nothing else looks like a code by chance. */
export const CODE_DIGITS = 10;

const hashOf = (key: string) => `sha256:${createHash("sha256").update(key).digest("hex")}`;

/** One application that may do all there is, in a file; gives the file and the secret of its webhook. */
export function declareApplication(run: Run, webhookUrl: string): { file: string; webhookSecret: string } {
  const webhookSecret = randomBytes(32).toString("base64");
  const application = {
    id: "default",
    brand: "Leaks",
    api_key_hashes: [hashOf(API_KEY)],
    code: { length: CODE_DIGITS, custom: true, attempts: 3 },
    resend_gap_seconds: 0,
    workflow: [
      { channel: "sms", patience_seconds: 3 },
      { channel: "call", patience_seconds: 3 },
    ],
    // A slow machine must not have everybody called.
    fallback: false,
    countries: ["US"],
    limits: { "number-lock": { limit: 3, window_seconds: 900 } },
    texts: { en: { sms: "{code} is the code of {brand}" } },
    webhook: { url: webhookUrl, secrets: [`whsec_${webhookSecret}`] },
  };
  const file = join(run.folder, "applications.json");
  writeFileSync(file, JSON.stringify({ applications: [application] }));
  return { file, webhookSecret };
}
