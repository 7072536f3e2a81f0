import { generateKeyPairSync, sign } from "node:crypto";

/** A carrier's key pair of its own, and webhooks signed with it as Telnyx signs them. */
export interface WebhookSigner {
  /** Base64, as Telnyx's portal shows it. */
  publicKey: string;
  /** @param timestamp seconds since the epoch, now unless given */
  headers(rawBody: string, timestamp?: number | string): { [name: string]: string };
}

export function createSigner(): WebhookSigner {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const { x = "" } = publicKey.export({ format: "jwk" });
  return {
    publicKey: Buffer.from(x, "base64url").toString("base64"),
    headers: (rawBody, timestamp = Math.floor(Date.now() / 1000)) => ({
      "content-type": "application/json",
      "telnyx-signature-ed25519": sign(null, Buffer.from(`${timestamp}|${rawBody}`), privateKey).toString("base64"),
      "telnyx-timestamp": String(timestamp),
    }),
  };
}

/** A message event of Telnyx's form. */
export const messageEvent = (payload: object, event: object = {}): string =>
  JSON.stringify({
    data: {
      record_type: "event",
      event_type: "message.finalized",
      id: "11111111-2222-4333-8444-555555555555",
      occurred_at: "2026-11-20T12:00:00.000Z",
      payload: { record_type: "message", id: "40319c2a-0000-4000-8000-000000000001", errors: [], ...payload },
      ...event,
    },
    meta: { attempt: 1, delivered_to: "https://verify.example.com/webhooks/telnyx/dl_1" },
  });

export const recipient = (status: unknown): object => ({ to: [{ phone_number: "+14155550123", status }] });
