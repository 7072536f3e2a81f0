import { hash, randomBytes } from "node:crypto";

/** How a hash is written in a file of applications: it names its function, so that there can be another one. */
export const KEY_HASH_PREFIX = "sha256:";

/** 256 random bits: no stretching is needed where nobody can guess, so one SHA-256 is enough to keep it. */
export const makeApiKey = (): string => `ww_${randomBytes(32).toString("base64url")}`;

/** SHA-256 of an API key in hex. */
export const hashApiKey = (key: string): string => hash("sha256", key, "hex");
