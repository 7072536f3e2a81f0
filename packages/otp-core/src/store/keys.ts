import type { VerificationRef } from "../ids.ts";

/** All keys of one number of one application share a Redis Cluster slot, by their hash tag. */
export const verificationPrefix = (tag: string): string => `ww:{${tag}}:v:`;
export const verificationKey = ({ tag, nonce }: VerificationRef): string => verificationPrefix(tag) + nonce;
/** Digest and sealed content of its code; ends with the code. */
export const codeKey = ({ tag, nonce }: VerificationRef): string => `ww:{${tag}}:code:${nonce}`;
/** What the names of all counters of an application begin with; they share a slot. */
export const applicationPrefix = (applicationId: string): string => `ww:{app:${applicationId}}:`;
/** What is known of the number itself: its verifications and its limits. */
export const numberKey = (tag: string): string => `ww:{${tag}}:number`;
/** What is kept of a request with an idempotency key: its lock, then its answer. */
export const requestKey = (tag: string): string => `ww:{${tag}}:request`;
