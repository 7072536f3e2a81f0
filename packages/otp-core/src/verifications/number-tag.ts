import type { Application, Core } from "../core.ts";
import { codeKey, numberKey } from "../store/keys.ts";

export interface NumberTag {
  tag: string;
  /** Times of the number's requests that are still kept under a former key, for limits that outlive a rotation. */
  formerRequests: string;
}

/**
 * The tag under which a number is kept. While a former secret is in the keyring, a number whose verification is
 * pending under its older tag stays there; its next one is kept under the current tag, and the limits come along.
 */
export async function numberTag({ redis, keyring }: Core, application: Application, e164: string): Promise<NumberTag> {
  const [current = "", ...former] = keyring.tags(application.id, e164);
  let formerRequests = "";
  for (const tag of former) {
    const [nonce, requests] = await redis.hmget(numberKey(tag), "active", "requests");
    if (nonce && (await redis.exists(codeKey({ tag, nonce }))) === 1) return { tag, formerRequests: "" };
    formerRequests ||= requests ?? "";
  }
  return { tag: current, formerRequests };
}
