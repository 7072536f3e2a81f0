import { generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";

const account = generateKeyPairSync("ed25519");

/** As the Telnyx portal shows it. */
export const telnyxPublicKey: string = Buffer.from(
  account.publicKey.export({ format: "jwk" }).x ?? "",
  "base64url",
).toString("base64");

interface Signing {
  /** Seconds before now. */
  age?: number;
  by?: KeyObject;
}

/** The headers with which Telnyx vouches for a body. */
export function signed(body: string, { age = 0, by = account.privateKey }: Signing = {}): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000) - age);
  return {
    "content-type": "application/json",
    "telnyx-timestamp": timestamp,
    "telnyx-signature-ed25519": sign(null, Buffer.from(`${timestamp}|${body}`), by).toString("base64"),
  };
}

/** An event of a message to `to`, with the number and the text in it as Telnyx sends them. */
export function messageEvent(to: string, fields: { id?: string; type?: string; status?: string } = {}): string {
  const { id = randomUUID(), type = "message.finalized", status = "delivered" } = fields;
  const payload = {
    record_type: "message",
    direction: "outbound",
    id: randomUUID(),
    type: "SMS",
    from: { phone_number: "+14155550100", carrier: "Telnyx", line_type: "Wireless" },
    to: [{ phone_number: to, status, carrier: "T-MOBILE USA", line_type: "Wireless" }],
    text: "123456 is your Watchword verification code.",
    errors: [],
  };
  const data = { record_type: "event", event_type: type, id, occurred_at: "2026-11-20T18:00:00.000Z", payload };
  return JSON.stringify({ data, meta: { attempt: 1, delivered_to: "https://verify.example.com/webhooks/telnyx/x" } });
}
