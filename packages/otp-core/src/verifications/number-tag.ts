import type { Application, Core } from "../core.ts";
import { numberKey } from "../store/keys.ts";

/**
 * The tag under which a number is kept. While a former secret is still in the keyring, a number that has anything
 * under its older tag stays there, so that a rotation loses neither a pending verification nor a limit.
 */
export async function numberTag({ redis, keyring }: Core, application: Application, e164: string): Promise<string> {
  const [current, ...former] = keyring.tags(application.id, e164);
  if (former.length === 0) return current ?? "";
  const found = await Promise.all(former.map((tag) => redis.exists(numberKey(tag))));
  return former[found.findIndex((count) => count > 0)] ?? current ?? "";
}
