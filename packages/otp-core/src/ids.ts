import { randomFillSync } from "node:crypto";

/** Length of a tag and of a verification's own random part: 12 bytes in base64url. */
const PART = 16;
const VERIFICATION = new RegExp(`^vf_([\\w-]{${PART}})([\\w-]{${PART}})$`);
const DELIVERY = new RegExp(`^dl_([\\w-]{${PART}})([\\w-]{${PART}})_([1-9]\\d{0,2})$`);

/**
 * Where a verification is kept. An id carries its tag (a keyed hash of application and number), so that the id
 * alone finds the Redis Cluster slot, and its deliveries are numbered from 1.
 */
export interface VerificationRef {
  tag: string;
  /** The verification's own part, 96 random bits. */
  nonce: string;
}

export interface DeliveryRef extends VerificationRef {
  /** 1 for the first delivery of the verification. */
  number: number;
}

const NONCE_BYTES = 12;
const pool = Buffer.alloc(NONCE_BYTES * 256);
let used = pool.length;

/** Random bytes are drawn for many nonces at a time: the call costs more than the bytes. */
export function newVerificationRef(tag: string): VerificationRef {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const nonce = pool.toString("base64url", used, used + NONCE_BYTES);
  used += NONCE_BYTES;
  return { tag, nonce };
}

/** `vf_` and 32 characters of base64url. */
export const verificationId = ({ tag, nonce }: VerificationRef): string => `vf_${tag}${nonce}`;

/** `dl_`, the 32 characters of its verification, `_` and its number; also the id of its job. */
export const deliveryId = ({ tag, nonce, number }: DeliveryRef): string => `dl_${tag}${nonce}_${number}`;

export function parseVerificationId(id: string): VerificationRef | undefined {
  const [, tag, nonce] = VERIFICATION.exec(id) ?? [];
  return tag && nonce ? { tag, nonce } : undefined;
}

export function parseDeliveryId(id: string): DeliveryRef | undefined {
  const [, tag, nonce, number] = DELIVERY.exec(id) ?? [];
  return tag && nonce && number ? { tag, nonce, number: Number(number) } : undefined;
}
