import { createHmac } from "node:crypto";

/**
 * `webhook-id`, `webhook-timestamp` and a signature by every secret (Standard Webhooks 1.0, "Signature scheme").
 * @param id the same for every try of an event
 */
export function signedHeaders(id: string, body: string, secrets: readonly Buffer[], now: Date): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const signed = `${id}.${timestamp}.${body}`;
  const signatures = secrets.map((secret) => `v1,${createHmac("sha256", secret).update(signed).digest("base64")}`);
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
}
