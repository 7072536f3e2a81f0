import type { Application, Core } from "../core.ts";
import { codeKey, numberKey } from "../store/keys.ts";

export interface NumberTag {
  tag: string;
  /** What limits know of the number under a former key, since they outlive a rotation: `requests, calls, guard`. */
  former: [requests: string, calls: string, guard: string];
}

/**
 * The tag under which a number is kept. While a former secret is in the keyring, a number whose verification is
 * pending under its older tag stays there; its next one is kept under the current tag, and the limits come along.
 */
export async function numberTag({ redis, keyring }: Core, application: Application, e164: string): Promise<NumberTag> {
  const [current = "", ...older] = keyring.tags(application.id, e164);
  let former: NumberTag["former"] = ["", "", ""];
  for (const tag of older) {
    const [nonce, ...kept] = await redis.hmget(numberKey(tag), "active", "requests", "calls", "guard");
    if (nonce && (await redis.exists(codeKey({ tag, nonce }))) === 1) return { tag, former: ["", "", ""] };
    former = [former[0] || (kept[0] ?? ""), former[1] || (kept[1] ?? ""), former[2] || (kept[2] ?? "")];
  }
  return { tag: current, former };
}
