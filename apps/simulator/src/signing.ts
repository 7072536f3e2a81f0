import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";

export interface WebhookSigner {
  /** The 32 raw bytes in base64, as Telnyx's portal shows a public key. */
  readonly publicKey: string;
  /** Base64 Ed25519 signature over `${timestamp}|${rawBody}`, the form of Telnyx's webhooks. */
  readonly sign: (timestamp: string, rawBody: string) => Promise<string>;
}

const developmentSeed = createHash("sha256").update("watchword simulator").digest();
// The DER of RFC 8410, section 7, up to the 32 bytes of the seed.
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

/** @param seed the 32 bytes of an Ed25519 private key; without it, the public development key */
export function createWebhookSigner(seed: Uint8Array = developmentSeed): WebhookSigner {
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: "der", type: "pkcs8" });
  const { x } = createPublicKey(privateKey).export({ format: "jwk" });
  return {
    publicKey: Buffer.from(x ?? "", "base64url").toString("base64"),
    // With a callback the work leaves the event loop: signing costs more than all else about a webhook.
    sign: (timestamp, rawBody) =>
      new Promise((resolve, reject) => {
        sign(null, Buffer.from(`${timestamp}|${rawBody}`), privateKey, (error, signature) => {
          if (error) reject(error);
          else resolve(signature.toString("base64"));
        });
      }),
  };
}

/**
 * The key that the simulator's webhooks verify against, in base64.
 *
 * PUBLIC, GOOD FOR DEVELOPMENT ONLY: its private half follows from a sentence in this file, so that an API knows
 * the key without any exchange, and so that anyone can forge a webhook for an API that trusts it.
 */
export const simulatorPublicKey: string = createWebhookSigner().publicKey;
