import { createPrivateKey, createPublicKey } from "node:crypto";
import { exportJWK, type JWK, SignJWT } from "jose";
import type { PaymentContext } from "./context.ts";
import type { Keyring } from "./keyring.ts";

/** A token is proof for the next request, not a session. */
const TOKEN_LIFE_SECONDS = 300;
const ALGORITHM = "EdDSA";
/** PKCS #8 wrapping of a raw Ed25519 seed (RFC 8410 section 7). */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

interface TokenClaims {
  applicationId: string;
  verificationId: string;
  /** Keyed hash of application and number: the same number of one application has the same subject. */
  phoneHash: string;
  /** The payment that was approved; none was where it is not given. */
  context?: PaymentContext | undefined;
}

export interface TokenSigner {
  /** A JWT (RFC 7519) that says what was proven, valid for five minutes. */
  sign(claims: TokenClaims): Promise<string>;
  /** JWK Set (RFC 7517) with the public key of every secret in the keyring. */
  jwks: { keys: JWK[] };
}

/** What was proven: a code for a payment proves nothing but the approval of that one. */
const proven = (context: PaymentContext | undefined) =>
  context ? { purpose: "payment_approval", context } : { purpose: "phone_verification" };

/** @param issuer the service's public URL, the `iss` claim. */
export async function createTokenSigner(keyring: Keyring, issuer: string): Promise<TokenSigner> {
  const keys = keyring.tokenSeeds().map(({ kid, seed }) => ({
    kid,
    privateKey: createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: "der", type: "pkcs8" }),
  }));
  const [signing] = keys;
  if (!signing) throw new Error("a keyring needs at least one secret");

  return {
    sign: ({ applicationId, verificationId, phoneHash, context }) =>
      new SignJWT({ verification_id: verificationId, ...proven(context) })
        .setProtectedHeader({ alg: ALGORITHM, typ: "JWT", kid: signing.kid })
        .setIssuer(issuer)
        .setAudience(applicationId)
        .setSubject(phoneHash)
        .setJti(verificationId)
        .setIssuedAt()
        .setExpirationTime(`${TOKEN_LIFE_SECONDS}s`)
        .sign(signing.privateKey),
    jwks: {
      keys: await Promise.all(
        keys.map(async ({ kid, privateKey }) => ({
          ...(await exportJWK(createPublicKey(privateKey))),
          kid,
          alg: ALGORITHM,
          use: "sig",
        })),
      ),
    },
  };
}
