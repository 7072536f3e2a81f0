import type { Redis } from "ioredis";
import { parseVerificationId } from "../ids.ts";
import { verificationKey } from "../store/keys.ts";
import { parseRecord } from "../store/record.ts";
import type { Verification } from "../verification.ts";

/** A verification as it is recorded, for a process that acts for every application; undefined for a forgotten one. */
export async function viewVerification(redis: Redis, id: string): Promise<Verification | undefined> {
  const ref = parseVerificationId(id);
  if (!ref) return undefined;
  const fields = Object.entries(await redis.hgetall(verificationKey(ref))).flat();
  return fields.length === 0 ? undefined : parseRecord(ref, fields);
}
