import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from "node:crypto";
import type { PaymentContext } from "./context.ts";
import { type VerificationRef, verificationId } from "./ids.ts";

export interface Secret {
  kid: string;
  key: Buffer;
}

/** What a worker needs in order to send; in the clear nowhere but in its memory. */
interface SealedContent {
  code: string;
  /** E.164. */
  phone: string;
  /** The payment that the code approves; no part of it has a line break. */
  context?: PaymentContext;
}

/** What a request may say besides the number. */
interface Wishes {
  context?: PaymentContext | undefined;
  /** The code that the request brings. */
  code?: string | undefined;
}

/**
 * Where the answer to a request with an idempotency key is kept under one key of the ring. Both hashes are keyed: a
 * request holds a number or a code, and an idempotency key may, and all of these are few enough to be guessed.
 */
export interface RequestSlot {
  kid: string;
  /** Of the application and the idempotency key; names where the answer is kept. */
  tag: string;
  /** Of the request, and another one under every idempotency key, so that equal requests cannot be told. */
  fingerprint: string;
}

export interface Keyring {
  /** The key that writes. */
  kid: string;
  /** Keyed hashes of an application's number, the writing key's first; they name keys without revealing the number. */
  tags(applicationId: string, e164: string): string[];
  /** Keyed hashes of what limits count for an application, likewise: an address, or a number less its last digits. */
  places(applicationId: string, kind: "address" | "area", value: string): string[];
  /** `kid, digest` of the code, and of the payment that it approves, under every key, the writing key's first. */
  digests(ref: VerificationRef, code: string, context?: PaymentContext): string[];
  /** Keyed hashes of what a request says, under every key, that tell whether another one says the same. */
  wishes(ref: VerificationRef, wishes: Wishes): string[];
  /**
   * Seals with the writing key (AES-256-GCM, the id as additional data). The verification's nonce is the IV, so a
   * verification is sealed once: to seal anything else takes another nonce.
   */
  seal(ref: VerificationRef, content: SealedContent): string;
  /** @throws if `kid` is not in the keyring or the seal was made for another verification. */
  unseal(kid: string, ref: VerificationRef, sealed: string): SealedContent;
  /** One slot for each key, the writing key's first. */
  requestSlots(applicationId: string, idempotencyKey: string, request: string): RequestSlot[];
  /** Seals with the slot's key (AES-256-GCM, the slot as additional data, a random IV: a slot may be used again). */
  sealAnswer(slot: RequestSlot, answer: string): string;
  /** @throws if the seal was made for another slot. */
  unsealAnswer(slot: RequestSlot, sealed: string): string;
  /** 32-byte Ed25519 seeds for the tokens, the writing key's first. */
  tokenSeeds(): { kid: string; seed: Buffer }[];
}

type Purpose = "digest" | "seal" | "index" | "limits" | "token" | "request-slot" | "request-fingerprint" | "answer";

/** 12 bytes in base64url. */
const TAG_CHARACTERS = 16;
/** 9 bytes: a million places of an application share one by chance once in ten billion times. */
const PLACE_CHARACTERS = 12;
const IV_BYTES = 12;
const AUTH_TAG_BYTES = 16;

/** HKDF-SHA-256 (RFC 5869): one subkey per purpose, so that no key serves two. */
const subkey = (secret: Secret, purpose: Purpose) =>
  Buffer.from(hkdfSync("sha256", secret.key, Buffer.alloc(0), `watchword/${purpose}`, 32));

/** In base64url. The parts are length-prefixed, so that no two lists of them share an encoding. */
function mac(key: KeyObject, ...parts: string[]): string {
  let text = "";
  for (const part of parts) text += `${Buffer.byteLength(part)}:${part}`;
  return createHmac("sha256", key).update(text).digest("base64url");
}

const partsOf = (context: PaymentContext | undefined) => (context ? [context.amount, context.payee] : []);

const slotContext = ({ tag, fingerprint }: RequestSlot) => Buffer.from(`${tag} ${fingerprint}`);

/** @param secrets the first writes, all of them read; each at least 32 bytes. */
export function createKeyring(secrets: readonly Secret[]): Keyring {
  const keys = secrets.map((secret) => ({
    kid: secret.kid,
    digest: createSecretKey(subkey(secret, "digest")),
    seal: createSecretKey(subkey(secret, "seal")),
    index: createSecretKey(subkey(secret, "index")),
    limits: createSecretKey(subkey(secret, "limits")),
    tokenSeed: subkey(secret, "token"),
    requestSlot: createSecretKey(subkey(secret, "request-slot")),
    requestFingerprint: createSecretKey(subkey(secret, "request-fingerprint")),
    answer: createSecretKey(subkey(secret, "answer")),
  }));
  const [writing] = keys;
  if (!writing) throw new Error("a keyring needs at least one secret");

  function named(kid: string) {
    const key = keys.find((candidate) => candidate.kid === kid);
    if (!key)
      throw new Error(`the keyring has no key named ${kid}: keep a key until everything written with it has expired`);
    return key;
  }

  return {
    kid: writing.kid,
    tags: (applicationId, e164) => keys.map(({ index }) => mac(index, applicationId, e164).slice(0, TAG_CHARACTERS)),
    places: (applicationId, kind, value) =>
      keys.map(({ limits }) => mac(limits, `${kind}:${applicationId}`, value).slice(0, PLACE_CHARACTERS)),
    digests: (ref, code, context) =>
      keys.flatMap(({ kid, digest }) => [kid, mac(digest, verificationId(ref), code, ...partsOf(context))]),
    wishes: ({ tag }, { context, code }) =>
      keys.flatMap(({ digest }) => [
        ...(context ? [`context:${mac(digest, tag, "context", ...partsOf(context))}`] : []),
        ...(code === undefined ? [] : [`code:${mac(digest, tag, "code", code)}`]),
      ]),
    seal(ref, { code, phone, context }) {
      const cipher = createCipheriv("aes-256-gcm", writing.seal, Buffer.from(ref.nonce, "base64url"));
      cipher.setAAD(Buffer.from(verificationId(ref)));
      // A number starts with `+`, which ends the code.
      const text = cipher.update([code + phone, ...partsOf(context)].join("\n"), "utf8");
      cipher.final();
      return Buffer.concat([cipher.getAuthTag(), text]).toString("base64url");
    },
    unseal(kid, ref, sealed) {
      const key = named(kid).seal;
      const bytes = Buffer.from(sealed, "base64url");
      const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(ref.nonce, "base64url"), {
        authTagLength: AUTH_TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(verificationId(ref))).setAuthTag(bytes.subarray(0, AUTH_TAG_BYTES));
      const text = decipher.update(bytes.subarray(AUTH_TAG_BYTES)).toString("utf8") + decipher.final("utf8");
      const [start = "", amount, payee] = text.split("\n");
      const end = start.indexOf("+");
      const content = { code: start.slice(0, end), phone: start.slice(end) };
      return amount === undefined || payee === undefined ? content : { ...content, context: { amount, payee } };
    },
    requestSlots: (applicationId, idempotencyKey, request) =>
      keys.map(({ kid, requestSlot, requestFingerprint }) => {
        const tag = mac(requestSlot, applicationId, idempotencyKey).slice(0, TAG_CHARACTERS);
        return { kid, tag, fingerprint: mac(requestFingerprint, tag, request) };
      }),
    sealAnswer(slot, answer) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", named(slot.kid).answer, iv).setAAD(slotContext(slot));
      const text = [cipher.update(answer, "utf8"), cipher.final()];
      return Buffer.concat([iv, cipher.getAuthTag(), ...text]).toString("base64url");
    },
    unsealAnswer(slot, sealed) {
      const bytes = Buffer.from(sealed, "base64url");
      const decipher = createDecipheriv("aes-256-gcm", named(slot.kid).answer, bytes.subarray(0, IV_BYTES), {
        authTagLength: AUTH_TAG_BYTES,
      });
      const textAt = IV_BYTES + AUTH_TAG_BYTES;
      decipher.setAAD(slotContext(slot)).setAuthTag(bytes.subarray(IV_BYTES, textAt));
      return Buffer.concat([decipher.update(bytes.subarray(textAt)), decipher.final()]).toString("utf8");
    },
    tokenSeeds: () => keys.map(({ kid, tokenSeed }) => ({ kid, seed: tokenSeed })),
  };
}
